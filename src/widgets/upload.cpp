#include "widgets/upload.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "studio/dataset_files.hpp"
#include "studio/dataset_trash.hpp"
#include "studio/import_names.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace {

using namespace std::chrono_literals;

constexpr auto kLookForSilent = 1s;
constexpr auto kSilent = 60s;         // a window that hashes a large file says nothing for long
constexpr auto kSilentReplaced = 4s;  // where another window came since: it was reloaded
constexpr std::size_t kMostPlans = 8;
constexpr std::size_t kMostShown = 200;  // lines of a report

json upload_state() {
    const auto module =
        fmt::format("{}\n{}\n{}", web_file("sha256.js"), web_file("upload_sender.js"), web_file("upload.js"));
    auto state = anywidget_state("lorikeet.upload", module, web_file("upload.css"));
    state.update({{"key", ""},
                  {"empty", true},
                  {"report", nullptr},
                  {"unpacked", json::array()},
                  {"archives", json::array()}});
    return state;
}

std::string from_hex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

std::vector<studio::OfferedFile> offer_from(const json& content) {
    std::vector<studio::OfferedFile> offer;
    for (const auto& file : content.at("files"))
        offer.push_back({file.at(0).get<std::string>(), file.at(1).get<std::uint64_t>(),
                         from_hex(file.at(2).get<std::string>()),
                         file.size() > 3 ? file.at(3).get<std::string>() : std::string()});
    return offer;
}

std::string so_many(std::size_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string cause_and_remedy(const base::Error& error) {
    return error.hint().empty() ? error.what() : fmt::format("{} {}", error.what(), error.hint());
}

json pairs(const std::vector<std::pair<std::string, std::string>>& list) {
    auto shown = json::array();
    for (std::size_t i = 0; i < std::min(list.size(), kMostShown); ++i)
        shown.push_back({base::printable(list[i].first), base::printable(list[i].second)});
    return shown;
}

}  // namespace

std::string UploadReport::sentence() const {
    std::vector<std::string> parts;
    if (images > 0) parts.push_back(so_many(images, "image"));
    if (captions > 0) parts.push_back(so_many(captions, "caption"));
    std::string text = parts.empty() ? "" : base::join(parts, ", ") + " added.";
    // What is in them is told once they are unpacked.
    if (archives > 0)
        text += fmt::format("{}{} arrived.", text.empty() ? "" : " ", so_many(archives, "archive"));
    if (text.empty()) text = "Nothing was added.";
    if (there > 0)
        text += fmt::format(" {} here already.", there == 1 ? "1 was" : fmt::format("{} were", there));
    if (missing > 0)
        text += fmt::format(" {} did not arrive: drop the same files again, and only the rest is sent.",
                            so_many(missing, "file"));
    return text;
}

// What a window said, with what every message holds.
struct Upload::Message {
    json content;
    std::string kind, window, name;
    std::int64_t file = 0;
    studio::UploadReceiver::Key key() const { return {window, file}; }
};

struct Upload::Batch {
    UploadReport report;
    std::set<std::string> pending;  // names that are to come
    Clock::time_point heard = Clock::now();
    bool replaced = false;  // another window came since
};

struct Upload::Receiving {
    explicit Receiving(studio::UploadPlace place) : receiver(std::move(place)) {}
    studio::UploadReceiver receiver;  // the queue's thread alone
};

Upload::Upload(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-upload"}}, upload_state()), queue_(styles.registry().loop()) {}
Upload::~Upload() = default;

void Upload::set_place(const base::Path& folder, const std::vector<std::string>& caption_extensions) {
    if (folder == folder_ && caption_extensions == caption_extensions_) return;
    while (!batches_.empty()) finish(batches_.begin()->first);
    folder_ = folder;
    caption_extensions_ = caption_extensions;
    plans_.clear();
    receiving_ = std::make_shared<Receiving>(studio::UploadPlace{folder, caption_extensions, {}});
    set({{"key", base::sha256(folder.string()).substr(0, 16)}, {"archives", json::array()}});
    forget_report();
}

void Upload::say_empty(bool empty) { set({{"empty", empty}}); }
void Upload::forget_report() { set({{"report", nullptr}, {"unpacked", json::array()}}); }

void Upload::tell_unpacked(const UnpackReport& report) {
    auto unpacked = state().at("unpacked");
    unpacked.push_back({{"sentence", base::printable(report.sentence)},
                        {"failed", report.failed},
                        {"left_out", pairs(report.left_out)},
                        {"count", report.left_out.size()}});
    set({{"unpacked", std::move(unpacked)}});
}

void Upload::show_archives(const std::vector<std::string>& archives) {
    archives_ = archives;
    auto shown = json::array();
    for (const auto& name : archives) shown.push_back(base::printable(name));
    set({{"archives", std::move(shown)}});
}

// By its place in the list: a name may hold what JSON cannot.
void Upload::take_archive(const Message& message) {
    const auto index = message.content.at("archive").get<std::size_t>();
    if (index >= archives_.size() || message.content.at("shown") != base::printable(archives_[index])) return;
    const auto name = archives_[index];  // the list may go while it is worked on
    const auto& tell = message.kind == "unpack" ? on_unpack : on_remove;
    if (tell) tell(name);
}

// ---- Messages

void Upload::take_message(const json& content, const std::vector<std::string>& buffers) {
    try {
        Message message{content, content.at("kind"), content.at("window"), content.value("name", ""),
                        content.value("file", std::int64_t{0})};
        if (message.kind == "hello")
            for (auto& [window, batch] : batches_)
                batch->replaced = batch->replaced || window != message.window;
        else if (content.at("key") == state().at("key") && receiving_)
            take(message, buffers);
        else
            answer(message, {{"kind", "failed"},
                             {"reason", "The folder of the images was changed. Drop the files again."}});
    } catch (const json::exception&) {  // no window of ours
    } catch (const std::logic_error&) {
    }
}

void Upload::take(const Message& message, const std::vector<std::string>& buffers) {
    if (const auto known = batches_.find(message.window); known != batches_.end())
        known->second->heard = Clock::now();
    const auto& bytes = buffers.empty() ? std::string() : buffers.front();
    if (message.kind == "offer") offer(message);
    if (message.kind == "begin") begin(message);
    if (message.kind == "piece") piece(message, bytes);
    if (message.kind == "end") end(message);
    if (message.kind == "whole") whole(message, bytes);
    if (message.kind == "cancel") cancel(message);
    if (message.kind == "unpack" || message.kind == "remove") take_archive(message);
    if (message.kind != "done") return;
    finish(message.window);
    queue_.add([this, message]() -> WorkQueue::Answer {  // behind what is still to be done
        return [this, message] { answer(message, {{"kind", "ended"}}); };
    });
}

void Upload::answer(const Message& message, json content) {
    content["window"] = message.window;
    content["file"] = message.file;
    if (message.content.contains("turn")) content["turn"] = message.content.at("turn");
    send(content);
}

// The answer of the receiver, or why there is none.
void Upload::work(const Message& message, std::function<json(studio::UploadReceiver&)> does) {
    queue_.add([this, receiving = receiving_, message, does = std::move(does)]() -> WorkQueue::Answer {
        json reply;
        try {
            reply = does(receiving->receiver);
        } catch (const base::Error& error) {
            const bool lost = error.code() == base::ErrorCode::NotFound && message.kind != "offer";
            reply = {{"kind", lost ? "lost" : "failed"},
                     {"reason", base::printable(cause_and_remedy(error))}};
        } catch (const std::exception& error) {
            reply = {{"kind", "failed"}, {"reason", base::printable(error.what())}};
        }
        return [this, message, reply] {
            if (reply.at("kind") == "kept") file_is_kept(message);
            if (reply.at("kind") == "failed" && !message.name.empty()) {
                auto& open = batch(message.window);
                open.pending.erase(message.name);
                open.report.left_out.emplace_back(message.name, reply.at("reason"));
            }
            answer(message, reply);
        };
    });
}

void Upload::offer(const Message& message) {
    const auto id = message.content.at("id").get<std::string>();
    if (const auto known = plans_.find(id); known != plans_.end()) {
        if (!known->second.is_null()) answer(message, known->second);
        return;  // null: it is being made
    }
    const auto offer = offer_from(message.content);
    const bool compared = message.content.value("compared", false);
    if (plans_.size() >= kMostPlans) plans_.clear();
    plans_[id] = nullptr;
    queue_.add([this, receiving = receiving_, message, offer, id, compared]() -> WorkQueue::Answer {
        try {
            auto wanted = compared ? std::vector<std::size_t>() : receiving->receiver.to_compare(offer);
            if (!wanted.empty())
                return [this, message, id, wanted] {
                    answer(message, plans_[id] = {{"kind", "compare"}, {"id", id}, {"files", wanted}});
                };
            const auto plan = receiving->receiver.plan(message.window, offer);
            return [this, message, offer, plan] { take_plan(message, offer, plan); };
        } catch (const base::Error& error) {
            return [this, message, id, reason = base::printable(cause_and_remedy(error))] {
                answer(message, plans_[id] = {{"kind", "failed"}, {"id", id}, {"reason", reason}});
            };
        }
    });
}

void Upload::take_plan(const Message& message, const std::vector<studio::OfferedFile>& offer,
                       const std::vector<studio::PlannedFile>& plan) {
    auto& open = batch(message.window);
    auto files = json::array();
    for (std::size_t i = 0; i < plan.size(); ++i) {
        const auto& file = plan[i];
        const bool take = file.fate == studio::UploadFate::Take;
        files.push_back(take ? json(file.name) : json());
        if (take) open.pending.insert(file.name);
        if (file.renamed) open.report.renamed.emplace_back(offer[i].path, file.name);
        if (file.fate == studio::UploadFate::There) ++open.report.there;
        if (file.fate == studio::UploadFate::There && file.kind == studio::UploadKind::Archive)
            open.report.to_unpack.push_back(file.name);
        if (file.fate == studio::UploadFate::Refused)
            open.report.left_out.emplace_back(offer[i].path, file.reason);
    }
    const auto id = message.content.at("id").get<std::string>();
    answer(message, plans_[id] = {{"kind", "plan"}, {"id", id}, {"files", std::move(files)}});
}

void Upload::begin(const Message& message) {
    const auto bytes = message.content.at("bytes").get<std::uint64_t>();
    const auto from = message.content.value("again", false) ? studio::UploadReceiver::From::Nothing
                                                            : studio::UploadReceiver::From::WhatIsThere;
    work(message, [message, bytes, from](studio::UploadReceiver& receiver) -> json {
        const auto begun = receiver.begin(message.key(), message.name, bytes, from);
        return {
            {"kind", "begun"}, {"offset", begun.offset}, {"sha256", begun.sha256}, {"placed", begun.placed}};
    });
}

void Upload::piece(const Message& message, const std::string& bytes) {
    const auto offset = message.content.at("offset").get<std::uint64_t>();
    const auto held = std::make_shared<const std::string>(bytes);  // the work is copied, a piece is large
    work(message, [message, offset, held](studio::UploadReceiver& receiver) -> json {
        return {{"kind", "got"}, {"offset", receiver.add(message.key(), offset, *held)}};
    });
}

void Upload::end(const Message& message) {
    const auto sha256 = message.content.at("sha256").get<std::string>();
    work(message, [message, sha256](studio::UploadReceiver& receiver) -> json {
        receiver.finish(message.key(), message.name, sha256);
        return {{"kind", "kept"}};
    });
}

void Upload::whole(const Message& message, const std::string& bytes) {
    const auto sha256 = message.content.at("sha256").get<std::string>();
    const auto held = std::make_shared<const std::string>(bytes);
    work(message, [message, sha256, held](studio::UploadReceiver& receiver) -> json {
        receiver.whole(message.name, *held, sha256);
        return {{"kind", "kept"}};
    });
}

void Upload::cancel(const Message& message) {
    if (const auto reason = message.content.value("reason", std::string()); !reason.empty()) {
        batch(message.window).pending.erase(message.name);
        batch(message.window).report.left_out.emplace_back(message.name, reason);
    }
    work(message, [message](studio::UploadReceiver& receiver) -> json {
        receiver.drop(message.key(), message.name);
        return {{"kind", "dropped"}};
    });
}

// ---- What came together

Upload::Batch& Upload::batch(const std::string& window) {
    auto& open = batches_[window];
    if (!open) {
        open = std::make_unique<Batch>();
        forget_report();
    }
    if (!timer_) timer_ = registry_.loop().every(kLookForSilent, [this] { look_for_the_silent(); });
    return *open;
}

void Upload::file_is_kept(const Message& message) {
    auto& open = batch(message.window);
    auto& report = open.report;
    open.pending.erase(message.name);
    if (std::find(report.added.begin(), report.added.end(), message.name) != report.added.end()) return;
    report.added.push_back(message.name);
    const auto extension = base::Path(message.name).extension().string();
    if (std::find(caption_extensions_.begin(), caption_extensions_.end(), extension) !=
        caption_extensions_.end())
        ++report.captions;
    else if (studio::is_archive_name(message.name)) {
        ++report.archives;
        report.to_unpack.push_back(message.name);
    } else
        ++report.images;
    if (on_kept) on_kept();
}

void Upload::finish(const std::string& window) {
    auto open = batches_.extract(window);
    if (open.empty()) return;
    if (batches_.empty()) timer_.reset();
    auto report = std::move(open.mapped()->report);
    report.missing = open.mapped()->pending.size();
    queue_.add([this, receiving = receiving_, window, folder = folder_, report]() -> WorkQueue::Answer {
        receiving->receiver.release(window);
        std::string trouble;
        try {
            studio::note_added(folder, fmt::format("{} added", so_many(report.added.size(), "file")),
                               report.added);
        } catch (const base::Error& error) {
            trouble = cause_and_remedy(error);
        }
        return [this, report, trouble] {
            set({{"report",
                  {{"sentence", report.sentence()},
                   {"renamed", pairs(report.renamed)},
                   {"left_out", pairs(report.left_out)},
                   {"counts", {report.renamed.size(), report.left_out.size()}},
                   {"trouble", base::printable(trouble)}}}});
            if (on_end) on_end(report);
        };
    });
}

void Upload::look_for_the_silent() {
    std::vector<std::string> silent;
    for (const auto& [window, batch] : batches_) {
        const auto since = Clock::now() - batch->heard;
        if (since > kSilent || (batch->replaced && since > kSilentReplaced)) silent.push_back(window);
    }
    for (const auto& window : silent) finish(window);
}

}  // namespace lorikeet::widgets
