#include "base/log.hpp"

#include <memory>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/printable.hpp"

namespace lorikeet::base {
namespace {

spdlog::logger& logger() {
    static auto instance = [] {
        auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
        sink->set_pattern("%v");
        auto made = std::make_shared<spdlog::logger>("lorikeet", sink);
        made->flush_on(spdlog::level::info);
        return made;
    }();
    return *instance;
}

}  // namespace

void log_info(std::string_view line) { logger().info("{}", printable(line, LineBreaks::Keep)); }
void log_warning(std::string_view line) { logger().warn("{}", printable(line, LineBreaks::Keep)); }

void set_log_level(LogLevel level) {
    logger().sinks().front()->set_level(level == LogLevel::Quiet ? spdlog::level::warn : spdlog::level::info);
}

void add_log_file(const Path& path) {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
    sink->set_pattern("%Y-%m-%d %H:%M:%S  %v");
    logger().sinks().push_back(sink);
}

}  // namespace lorikeet::base
