#include "base/error.hpp"

#include <fmt/format.h>

namespace lorikeet::base {

Error::Error(ErrorCode code, std::string sentence, std::string hint)
    : std::runtime_error(std::move(sentence)), code_(code), hint_(std::move(hint)) {}

void fail(ErrorCode code, std::string sentence, std::string hint) {
    throw Error(code, std::move(sentence), std::move(hint));
}

void expects(bool condition, std::string_view why, std::source_location where) {
    if (condition) return;
    fail(ErrorCode::Internal, fmt::format("{} ({}:{})", why, where.file_name(), where.line()),
         "This is a bug of Lorikeet; please report it with this line.");
}

std::string to_text(const std::vector<Problem>& problems) {
    std::string text;
    for (const auto& p : problems) {
        if (!text.empty()) text += '\n';
        text += p.where.empty() ? p.what : fmt::format("{}: {}", p.where, p.what);
        if (!p.hint.empty()) text += " " + p.hint;
    }
    return text;
}

void fail_if_any(const std::vector<Problem>& problems) {
    if (problems.empty()) return;
    fail(
        ErrorCode::InvalidInput, to_text(problems),
        problems.size() == 1 ? "" : fmt::format("{} problems to fix; nothing was started.", problems.size()));
}

int exit_code(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidInput:
        case ErrorCode::NotFound:
        case ErrorCode::Corrupt:
        case ErrorCode::Unsupported:
        case ErrorCode::Conflict:
        case ErrorCode::NoSpace: return 2;
        case ErrorCode::Interrupted: return 130;
        case ErrorCode::NotFinite:
        case ErrorCode::Io:
        case ErrorCode::Internal: return 1;
    }
    return 1;
}

}  // namespace lorikeet::base
