#include "settings/field.hpp"

#include "base/error.hpp"

namespace lorikeet::settings {

const Field* Schema::find(std::string_view key) const {
    for (const auto& field : fields)
        if (field.key == key) return &field;
    return nullptr;
}

Value Schema::default_of(const Field& field) const {
    base::expects(!field.is_section(), "a section has no default value of its own");
    return field.type->get(static_cast<const char*>(fresh) + field.offset);
}

Telling& Telling::above(double least) {
    field_->range.low = Range::Edge::Excluded;
    field_->range.least = least;
    return *this;
}
Telling& Telling::below(double most) {
    field_->range.high = Range::Edge::Excluded;
    field_->range.most = most;
    return *this;
}
Telling& Telling::at_least(double least) {
    field_->range.least = least;
    return *this;
}
Telling& Telling::up_to(double most) {
    field_->range.most = most;
    return *this;
}
Telling& Telling::range(double least, double most) { return at_least(least).up_to(most); }
Telling& Telling::multiple_of(std::int64_t step) {
    field_->range.multiple_of = step;
    return *this;
}
Telling& Telling::count(std::size_t fewest, std::size_t longest) {
    field_->range.fewest = fewest;
    field_->range.longest = longest;
    return *this;
}
Telling& Telling::required() {
    field_->required = true;
    return *this;
}
Telling& Telling::basic() {
    field_->level = Level::Basic;
    return *this;
}
Telling& Telling::effect(Effect effect) {
    field_->effect = effect;
    return *this;
}
Telling& Telling::unit(std::string_view unit) {
    field_->unit = unit;
    return *this;
}
Telling& Telling::unset(std::string_view meaning) {
    field_->unset = meaning;
    return *this;
}
Telling& Telling::more(std::string_view does) {
    field_->more = does;
    return *this;
}
Telling& Telling::less(std::string_view does) {
    field_->less = does;
    return *this;
}
Telling& Telling::when(std::string_view key, std::initializer_list<std::string_view> words) {
    field_->when = {key, words};
    return *this;
}
Telling& Telling::kohya(std::string_view name, std::string_view value) {
    field_->kohya.push_back({name, value});
    return *this;
}

std::string join_path(std::string_view section, std::string_view key) {
    if (section.empty()) return std::string(key);
    return std::string(section) + "." + std::string(key);
}

namespace {

void* item_of(const Type& type, void* list, std::size_t i) { return type.item(list, i); }
const void* item_of(const Type& type, const void* list, std::size_t i) { return type.peek(list, i); }

template <class Ptr>
void walk(const Schema& table, Ptr object, const std::string& path, std::vector<Placed<Ptr>>& found) {
    using Byte = std::conditional_t<std::is_const_v<std::remove_pointer_t<Ptr>>, const char, char>;
    for (const auto& field : table.fields) {
        const Ptr at = static_cast<Byte*>(object) + field.offset;
        const auto here = join_path(path, field.key);
        if (field.type->kind == Kind::Section) {
            walk(field.type->schema(), at, here, found);
        } else if (field.type->kind == Kind::Sections) {
            for (std::size_t i = 0; i < field.type->size(at); ++i)
                walk(field.type->schema(), item_of(*field.type, at, i), join_path(here, std::to_string(i)),
                     found);
        } else {
            found.push_back({here, &field, &table, at});
        }
    }
}

}  // namespace

std::vector<Placed<void*>> leaves(const Schema& table, void* object) {
    std::vector<Placed<void*>> found;
    walk(table, object, "", found);
    return found;
}

std::vector<Placed<const void*>> leaves(const Schema& table, const void* object) {
    std::vector<Placed<const void*>> found;
    walk(table, object, "", found);
    return found;
}

namespace {

template <class T>
bool take_same(const Value& value, T& to) {
    const auto* same = std::get_if<T>(&value);
    if (same == nullptr) return false;
    to = *same;
    return true;
}

template <class T>
bool is_empty(const Value& value) {
    const auto* list = std::get_if<std::vector<T>>(&value);
    return list != nullptr && list->empty();
}

bool is_empty_list(const Value& value) {
    return is_empty<std::int64_t>(value) || is_empty<double>(value) || is_empty<std::string>(value);
}

template <class T>
bool take_list(const Value& value, std::vector<T>& to) {
    if (take_same(value, to)) return true;
    T one{};
    if (take(value, one)) return to = {one}, true;
    const bool empty = is_empty_list(value);
    if (empty) to.clear();
    return empty;
}

}  // namespace

bool take(const Value& value, bool& to) { return take_same(value, to); }
bool take(const Value& value, std::int64_t& to) { return take_same(value, to); }
bool take(const Value& value, double& to) {
    if (take_same(value, to)) return true;
    std::int64_t whole = 0;
    if (!take_same(value, whole)) return false;
    return to = static_cast<double>(whole), true;
}
bool take(const Value& value, std::string& to) { return take_same(value, to); }
bool take(const Value& value, std::vector<std::int64_t>& to) { return take_list(value, to); }
bool take(const Value& value, std::vector<double>& to) {
    if (const auto* wholes = std::get_if<std::vector<std::int64_t>>(&value))
        return to.assign(wholes->begin(), wholes->end()), true;
    return take_list(value, to);
}
bool take(const Value& value, std::vector<std::string>& to) { return take_list(value, to); }

}  // namespace lorikeet::settings
