// Settings are said once: describe(Section<S>&) tells the members of one struct, and the table it fills is
// what every visitor reads: TOML in and out, command-line options, checks, the page, forms.
//
//   void describe(Section<Optim>& s) {
//       s.add("lr", &Optim::lr, "How far one step moves the adapter.").above(0).up_to(10).basic();
//   }
//
// The table of a type is made at its first use and kept; texts must be literals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "settings/describe.hpp"

namespace lorikeet::settings {

enum class Kind { Flag, Whole, Number, Text, Choice, Wholes, Numbers, Texts, Section, Sections };
enum class Level { Basic, Advanced };
// What a setting alters: the trained weights; time and memory alone; what is kept and told of a run.
enum class Effect { Results, Speed, Record };

// A setting's value outside its struct. Nothing (monostate) is "unset"; a choice is its word.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                           std::vector<double>, std::vector<std::string>>;

// Bounds of a number, or of each number in a list; and how many a list holds.
struct Range {
    enum class Edge { Included, Excluded };
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    Edge low = Edge::Included, high = Edge::Included;
    std::int64_t multiple_of = 1;
    std::size_t fewest = 0, longest = std::numeric_limits<std::size_t>::max();
};

// The setting matters only when another one (beside it, else from the root) has one of these words. Without
// words: when it is true, or not empty.
struct When {
    std::string_view key;
    std::vector<std::string_view> words;
};

// sd-scripts' name of a setting. `value` is what that flag amounts to here, where it is turned round.
struct Alias {
    std::string_view name, value;
};

// The largest whole number that a browser and a double hold exactly.
inline constexpr double kMostExact = 9007199254740991.0;

struct Schema;

// How a member's type is read, written and walked. One for each type, made by type_of.
struct Type {
    Kind kind;
    bool optional = false;
    Value (*get)(const void*) = nullptr;
    bool (*set)(void*, const Value&) = nullptr;  // false, and nothing changed, when the kind does not fit
    std::vector<Choice> (*choices)() = nullptr;  // Choice
    const Schema& (*schema)() = nullptr;         // Section, Sections
    std::size_t (*size)(const void*) = nullptr;  // Sections, and the three below
    void (*resize)(void*, std::size_t) = nullptr;
    void* (*item)(void*, std::size_t) = nullptr;
    const void* (*peek)(const void*, std::size_t) = nullptr;
};

struct Field {
    std::string_view key, what;
    std::string_view more, less;   // what a higher and a lower value does
    std::string_view unit, unset;  // of a number; what "unset" means
    std::vector<Alias> kohya;
    Range range;
    bool required = false;  // a text that may not be empty
    Level level = Level::Advanced;
    Effect effect = Effect::Results;
    When when;
    const Type* type = nullptr;
    std::size_t offset = 0;

    bool is_section() const { return type->kind == Kind::Section || type->kind == Kind::Sections; }
};

// What to set a key to so that a rule is kept: text as `apply` takes it.
struct Fix {
    std::string_view key, text;
};

struct Rule {
    std::vector<std::string_view> keys;  // relative to the section
    bool (*broken)(const void*);
    std::string_view why;
    Fix fix;
};

struct Schema {
    std::string_view what;
    std::vector<Field> fields;
    std::vector<Rule> rules;
    const void* fresh = nullptr;  // an object of the type with every default

    const Field* find(std::string_view key) const;
    Value default_of(const Field& field) const;
};

// What add returns: chain on it, never keep it.
class Telling {
  public:
    explicit Telling(Field& field) : field_(&field) {}
    Telling& above(double least);
    Telling& below(double most);
    Telling& at_least(double least);
    Telling& up_to(double most);
    Telling& range(double least, double most);
    Telling& multiple_of(std::int64_t step);
    Telling& count(std::size_t fewest, std::size_t longest);
    Telling& required();
    Telling& basic();
    Telling& effect(Effect effect);
    Telling& unit(std::string_view unit);
    Telling& unset(std::string_view meaning);
    Telling& more(std::string_view does);
    Telling& less(std::string_view does);
    Telling& when(std::string_view key, std::initializer_list<std::string_view> words = {});
    Telling& kohya(std::string_view name, std::string_view value = {});

  private:
    Field* field_;
};

template <class T>
const Type& type_of();
template <class S>
const Schema& schema();

template <class S>
class Section {
  public:
    Section(Schema& table, const S& fresh) : table_(&table), fresh_(&fresh) {}
    void says(std::string_view what) { table_->what = what; }

    template <class T>
    Telling add(std::string_view key, T S::*member, std::string_view what) {
        Field field;
        field.key = key;
        field.what = what;
        field.type = &type_of<T>();
        field.offset = static_cast<std::size_t>(reinterpret_cast<const char*>(&(fresh_->*member)) -
                                                reinterpret_cast<const char*>(fresh_));
        return Telling(table_->fields.emplace_back(std::move(field)));
    }

    // `broken` is a lambda of const S& that captures nothing; it is asked only when none of the keys has a
    // problem of its own.
    template <class F>
    void rule(std::initializer_list<std::string_view> keys, F, std::string_view why, Fix fix) {
        table_->rules.push_back(
            {keys, [](const void* object) { return bool(F{}(*static_cast<const S*>(object))); }, why, fix});
    }

  private:
    Schema* table_;
    const S* fresh_;
};

// A setting in its place: "optim.lr" of this job.  Dies when a list of sections above it is resized.
template <class Ptr>
struct Placed {
    std::string path;  // elements of lists count from 0: "data.subsets.0.folder"
    const Field* field;
    const Schema* among;  // the section it belongs to
    Ptr at;

    Value get() const { return field->type->get(at); }
    bool set(const Value& value) const requires(!std::is_const_v<std::remove_pointer_t<Ptr>>) {
        return field->type->set(at, value);
    }
};

// Every setting of a job (or of one section), in the order told; sections and lists of them are walked.
std::vector<Placed<void*>> leaves(const Schema& table, void* object);
std::vector<Placed<const void*>> leaves(const Schema& table, const void* object);

// Section paths and settings are joined so: "optim" + "lr" = "optim.lr"; nothing + "optim" = "optim".
std::string join_path(std::string_view section, std::string_view key);

// A value as one of a kind: a whole number is a number, one value is a list of one, an empty list is any
// list. False, and nothing changed, when it does not fit.
bool take(const Value& value, bool& to);
bool take(const Value& value, std::int64_t& to);
bool take(const Value& value, double& to);
bool take(const Value& value, std::string& to);
bool take(const Value& value, std::vector<std::int64_t>& to);
bool take(const Value& value, std::vector<double>& to);
bool take(const Value& value, std::vector<std::string>& to);

// ---- How the member types are held: bool, int64_t, double, string, lists of the last three, an
// enum with say(), an optional of one of these, a described struct, a vector of those.

template <class T>
struct Held {  // an enum or a described struct
    static_assert(std::is_enum_v<T> || std::is_class_v<T>, "settings know int64_t and double, not this type");
    static constexpr Kind kind = std::is_enum_v<T> ? Kind::Choice : Kind::Section;
};
template <>
struct Held<bool> {
    static constexpr Kind kind = Kind::Flag;
};
template <>
struct Held<std::int64_t> {
    static constexpr Kind kind = Kind::Whole;
};
template <>
struct Held<double> {
    static constexpr Kind kind = Kind::Number;
};
template <>
struct Held<std::string> {
    static constexpr Kind kind = Kind::Text;
};
template <class S>
struct Held<std::vector<S>> {
    static constexpr Kind kind = Kind::Sections;
};
template <>
struct Held<std::vector<std::int64_t>> {
    static constexpr Kind kind = Kind::Wholes;
};
template <>
struct Held<std::vector<double>> {
    static constexpr Kind kind = Kind::Numbers;
};
template <>
struct Held<std::vector<std::string>> {
    static constexpr Kind kind = Kind::Texts;
};

template <class E>
std::vector<Choice> choices_of() {
    std::vector<Choice> all;
    for (int i = 0; !say(static_cast<E>(i)).word.empty(); ++i) all.push_back(say(static_cast<E>(i)));
    return all;
}

template <class T>
Type plain_type() {
    return {.kind = Held<T>::kind,
            .get = [](const void* at) { return Value(*static_cast<const T*>(at)); },
            .set = [](void* at, const Value& value) { return take(value, *static_cast<T*>(at)); }};
}

template <class E>
Type choice_type() {
    return {.kind = Kind::Choice,
            .get = [](const void* at) { return Value(std::string(say(*static_cast<const E*>(at)).word)); },
            .set =
                [](void* at, const Value& value) {
                    std::string word;
                    if (!take(value, word) || word.empty()) return false;
                    const auto all = choices_of<E>();
                    for (std::size_t i = 0; i < all.size(); ++i)
                        if (all[i].word == word) return *static_cast<E*>(at) = static_cast<E>(i), true;
                    return false;
                },
            .choices = &choices_of<E>};
}

template <class S>
Type sections_type() {
    using List = std::vector<S>;
    return {.kind = Kind::Sections,
            .schema = &schema<S>,
            .size = [](const void* at) { return static_cast<const List*>(at)->size(); },
            .resize = [](void* at, std::size_t size) { static_cast<List*>(at)->resize(size); },
            .item = [](void* at, std::size_t i) -> void* { return &static_cast<List*>(at)->at(i); },
            .peek = [](const void* at, std::size_t i) -> const void* {
                return &static_cast<const List*>(at)->at(i);
            }};
}

template <class T>
struct MadeType {
    static Type make() {
        if constexpr (Held<T>::kind == Kind::Choice)
            return choice_type<T>();
        else if constexpr (Held<T>::kind == Kind::Section)
            return {.kind = Kind::Section, .schema = &schema<T>};
        else if constexpr (Held<T>::kind == Kind::Sections)
            return sections_type<typename T::value_type>();
        else
            return plain_type<T>();
    }
};

template <class T>
struct MadeType<std::optional<T>> {
    static Type make() {
        Type type = MadeType<T>::make();
        type.optional = true;
        type.get = [](const void* at) {
            const auto& held = *static_cast<const std::optional<T>*>(at);
            if (!held) return Value();
            return type_of<T>().get(&*held);
        };
        type.set = [](void* at, const Value& value) {
            auto& held = *static_cast<std::optional<T>*>(at);
            if (std::holds_alternative<std::monostate>(value)) return held.reset(), true;
            T fresh{};
            if (!type_of<T>().set(&fresh, value)) return false;
            return held = std::move(fresh), true;
        };
        return type;
    }
};

template <class T>
const Type& type_of() {
    static const Type type = MadeType<T>::make();
    return type;
}

template <class S>
const Schema& schema() {
    static const S fresh{};
    static const Schema table = [] {
        Schema made;
        made.fresh = &fresh;
        Section<S> section(made, fresh);
        describe(section);
        return made;
    }();
    return table;
}

}  // namespace lorikeet::settings
