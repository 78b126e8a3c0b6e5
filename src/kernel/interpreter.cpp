#include "kernel/interpreter.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::kernel {

namespace {

using nlohmann::json;

constexpr std::size_t kPastCells = 1000;

bool is_letter(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_'; }

// The protocol counts code points; a cursor that lies outside is moved to the end.
std::size_t byte_of(std::string_view code, std::int64_t point) {
    std::size_t at = 0;
    for (; at < code.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(code[at]) & 0xC0U) != 0x80U;
        if (begins && point-- <= 0) break;
    }
    return at;
}

std::int64_t point_of(std::string_view code, std::size_t byte) {
    return std::count_if(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(byte),
                         [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U; });
}

struct Span {
    std::size_t begin, cursor, end;
};

// The letters round the cursor.
Span word_at(std::string_view code, const json& request) {
    const auto cursor = byte_of(code, request.value("cursor_pos", std::int64_t(1) << 40));
    Span span{cursor, cursor, cursor};
    while (span.begin > 0 && is_letter(code[span.begin - 1])) --span.begin;
    while (span.end < code.size() && is_letter(code[span.end])) ++span.end;
    return span;
}

}  // namespace

json kernel_info() {
    return {{"status", "ok"},
            {"protocol_version", "5.4"},
            {"implementation", "lorikeet"},
            {"implementation_version", LORIKEET_VERSION},
            {"language_info",
             {{"name", "lorikeet"},
              {"version", LORIKEET_VERSION},
              {"mimetype", "text/plain"},
              {"file_extension", ".txt"},
              {"pygments_lexer", "text"}}},
            {"banner", "Lorikeet " LORIKEET_VERSION ". Run a cell that says: help"},
            {"debugger", false},
            {"help_links", json::array()}};
}

Interpreter::Interpreter(Session& session, Cells cells) : session_(session), cells_(std::move(cells)) {}

json Interpreter::execute(const json& request) {
    const auto code = request.value("code", std::string());
    const bool silent = request.value("silent", false);
    const bool blank = base::trim(code).empty();
    if (!silent && !blank) {
        ++count_;
        if (request.value("store_history", true)) past_.emplace_back(count_, code);
        if (past_.size() > kPastCells) past_.erase(past_.begin());
        session_.publish("execute_input", {{"code", code}, {"execution_count", count_}});
    }
    try {
        if (!blank) {
            const auto answer = cells_.answer(base::trim(code));
            if (!silent) show(answer);
        }
    } catch (const base::Error& error) {
        return fail("Error", error.what(), error.hint(), silent);
    } catch (const std::exception& error) {
        return fail("Error", error.what(), "This is a fault of Lorikeet. Running the cell again is safe.",
                    silent);
    }
    return {{"status", "ok"},
            {"execution_count", count_},
            {"user_expressions", json::object()},
            {"payload", json::array()}};
}

void Interpreter::show(const widgets::Answer& answer) {
    if (!answer.widget && answer.text.empty() && answer.html.empty()) return;
    json data{{"text/plain", answer.text}};
    if (!answer.html.empty()) data["text/html"] = answer.html;
    if (answer.widget) {
        if (answer.text.empty()) data["text/plain"] = "This panel is shown where Jupyter's widgets are.";
        data["application/vnd.jupyter.widget-view+json"] = {
            {"version_major", 2}, {"version_minor", 0}, {"model_id", answer.widget->id()}};
    }
    session_.publish(
        "display_data",
        {{"data", std::move(data)}, {"metadata", json::object()}, {"transient", json::object()}});
}

json Interpreter::fail(const std::string& name, const std::string& sentence, const std::string& hint,
                       bool silent) {
    auto lines = json::array({sentence});
    if (!hint.empty()) lines.push_back(hint);
    json error{{"ename", name}, {"evalue", sentence}, {"traceback", std::move(lines)}};
    if (!silent) session_.publish("error", error);
    error["status"] = "error";
    error["execution_count"] = count_;
    error["user_expressions"] = json::object();
    error["payload"] = json::array();
    return error;
}

json Interpreter::complete(const json& request) const {
    const auto code = request.value("code", std::string());
    const auto span = word_at(code, request);
    const auto begun = base::to_lower(std::string_view(code).substr(span.begin, span.cursor - span.begin));
    auto matches = json::array();
    for (const auto& word : cells_.words)
        if (word.word.starts_with(begun)) matches.push_back(word.word);
    return {{"status", "ok"},
            {"matches", std::move(matches)},
            {"cursor_start", point_of(code, span.begin)},
            {"cursor_end", point_of(code, span.cursor)},
            {"metadata", json::object()}};
}

json Interpreter::inspect(const json& request) const {
    const auto code = request.value("code", std::string());
    const auto span = word_at(code, request);
    const auto name = base::to_lower(std::string_view(code).substr(span.begin, span.end - span.begin));
    json reply{{"status", "ok"}, {"found", false}, {"data", json::object()}, {"metadata", json::object()}};
    for (const auto& word : cells_.words) {
        if (word.word != name) continue;
        reply["found"] = true;
        reply["data"] = {{"text/plain", fmt::format("{}: {}", word.word, word.what)}};
    }
    return reply;
}

json Interpreter::history(const json& request) const {
    auto wanted = past_;
    const auto kind = request.value("hist_access_type", std::string("tail"));
    if (kind == "tail" || kind == "search") {
        const std::string pattern(base::trim(request.value("pattern", std::string())));
        const auto plain = base::replace_all(std::string(pattern), "*", "");
        if (kind == "search")
            std::erase_if(wanted,
                          [&](const auto& cell) { return cell.second.find(plain) == std::string::npos; });
        const auto most =
            static_cast<std::size_t>(std::clamp<std::int64_t>(request.value("n", 1000), 0, 1000));
        if (wanted.size() > most)
            wanted.erase(wanted.begin(), wanted.end() - static_cast<std::ptrdiff_t>(most));
    } else if (kind == "range") {
        const auto start = request.value("start", 0), stop = request.value("stop", 1 << 30);
        std::erase_if(wanted, [&](const auto& cell) { return cell.first < start || cell.first >= stop; });
    }
    auto history = json::array();
    for (const auto& [number, code] : wanted) {
        const json input = request.value("output", false) ? json::array({code, nullptr}) : json(code);
        history.push_back(json::array({0, number, input}));
    }
    return {{"status", "ok"}, {"history", std::move(history)}};
}

}  // namespace lorikeet::kernel
