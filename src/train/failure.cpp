#include "train/failure.hpp"

#include <filesystem>

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "base/text.hpp"
#include "tensor/out_of_memory.hpp"
#include "train/out_of_memory_retry.hpp"

namespace lorikeet::train {
namespace {

using base::Error, base::ErrorCode;

constexpr const char* kReport =
    "This is a bug of Lorikeet; please report it with this line and what you ran.";

Error out_of_memory(const std::string& what) {
    try {
        fail_for_memory(what);
    } catch (const Error& error) {
        return error;
    }
}

Error of_files(const std::filesystem::filesystem_error& error) {
    const auto code = error.code();
    const bool full = code == std::errc::no_space_on_device;
    const bool absent = code == std::errc::no_such_file_or_directory;
    const bool denied = code == std::errc::permission_denied || code == std::errc::operation_not_permitted ||
                        code == std::errc::read_only_file_system;
    const auto text = fmt::format("{}: {}.", error.path1().string(), code.message());
    if (full) return {ErrorCode::NoSpace, text, "Free some space on this disk and go on."};
    if (absent) return {ErrorCode::NotFound, text, "Check the path."};
    if (denied) return {ErrorCode::InvalidInput, text, "See that you may read and write there."};
    return {ErrorCode::Io, text, "See that the disk is there and sound."};
}

}  // namespace

Error failure_of(const std::exception_ptr& thrown, const std::string& what) {
    try {
        std::rethrow_exception(thrown);
    } catch (const Error& error) {
        return error;
    } catch (const std::filesystem::filesystem_error& error) {
        return of_files(error);
    } catch (const std::exception& error) {
        if (tensor::is_out_of_memory(error)) return out_of_memory(what);
        const auto* torch = dynamic_cast<const c10::Error*>(&error);
        const std::string text = torch ? torch->what_without_backtrace() : error.what();
        return {ErrorCode::Internal, base::split(text, "\n").front(), kReport};
    } catch (...) {
        return {ErrorCode::Internal, what + " ended with an exception of an unknown kind.", kReport};
    }
}

}  // namespace lorikeet::train
