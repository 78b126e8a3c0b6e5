// Any frames on the kernel's sockets are dropped or become a message that the whole kernel answers without falling over.
// The input is cut into frames at each byte 0xFE, which no UTF-8 text holds; the first byte says the socket.
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/log.hpp"
#include "kernel/comm.hpp"
#include "kernel/dispatcher.hpp"
#include "kernel/event_loop.hpp"
#include "kernel/interpreter.hpp"
#include "kernel/wire.hpp"

using namespace lorikeet;

namespace {

struct Deaf : kernel::Outlet {
    void send(kernel::Socket, const kernel::Message& message) override {
        base::expects(kernel::Wire("").try_parse(kernel::Wire("").to_frames(message)).has_value(),
                      "what we say can be read");
    }
};

struct Kernel {
    Deaf outlet;
    kernel::Session session{outlet};
    kernel::EventLoop loop;
    kernel::Comm comm{session, loop};
    widgets::WidgetRegistry registry{comm, loop};
    widgets::Widget widget{registry, {{"value", 1}, {"text", ""}, {"picture", nullptr}}};
    kernel::Interpreter interpreter{session,
                                    {[](std::string_view cell) {
                                         return widgets::Answer{nullptr, std::string(cell), ""};
                                     },
                                     {{"setup", "Looks."}}}};
    kernel::Dispatcher dispatcher{session, comm, interpreter};
};

kernel::Frames cut(std::string_view bytes, const std::string& id) {
    kernel::Frames frames(1);
    for (const char byte : bytes) {
        if (byte == '\xFE')
            frames.emplace_back();
        else
            frames.back() += byte;
    }
    // The corpus cannot know the name of a widget that is made again each time.
    for (auto& frame : frames)
        if (const auto at = frame.find("WIDGET"); at != std::string::npos) frame.replace(at, 6, id);
    return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    base::set_log_level(base::LogLevel::Quiet);
    Kernel kernel;
    kernel.comm.attach(kernel.registry);
    const auto frames = cut({reinterpret_cast<const char*>(data) + 1, size - 1}, kernel.widget.id());
    (void)kernel::Wire("key").try_parse(frames);
    if (const auto message = kernel::Wire("").try_parse(frames))
        kernel.dispatcher.take(data[0] % 2 == 0 ? kernel::Socket::Shell : kernel::Socket::Control, *message);
    kernel.loop.run_due();
    return 0;
}
