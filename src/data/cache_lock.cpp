#include "data/cache_lock.hpp"

#include <exception>

namespace lorikeet::data {

std::optional<CacheLock> CacheLock::try_hold(const base::Path& folder) noexcept {
    try {
        std::error_code trouble;
        std::filesystem::create_directories(folder, trouble);
        if (auto lock = base::FileLock::try_share(folder / kCacheLockName))
            return CacheLock(std::move(*lock));
    } catch (const std::exception&) {  // as the contract says
    }
    return std::nullopt;
}

std::optional<CacheLock> CacheLock::try_clear(const base::Path& folder) {
    if (auto lock = base::FileLock::try_take(folder / kCacheLockName)) return CacheLock(std::move(*lock));
    return std::nullopt;
}

}  // namespace lorikeet::data
