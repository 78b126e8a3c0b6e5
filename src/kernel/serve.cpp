#include "kernel/serve.hpp"

#include <csignal>
#include <cstdio>
#include <string_view>

#include <unistd.h>

#include "base/error.hpp"
#include "kernel/comm.hpp"
#include "kernel/dispatcher.hpp"
#include "kernel/event_loop.hpp"
#include "kernel/server.hpp"

namespace lorikeet::kernel {

void serve(const Connection& connection, const std::function<Cells(widgets::WidgetRegistry&)>& furnish) {
    // The stop button comes as a message; Ctrl+C in the server's terminal is meant for the server.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    const auto parent = ::getppid();

    EventLoop loop;
    Server server(connection, loop);
    Session session(server);
    Comm comm(session, loop);
    widgets::WidgetRegistry registry(comm, loop);
    comm.attach(registry);
    // The pages go with these, before the registry that their widgets are listed in: nobody else holds them.
    const auto cells = furnish(registry);
    comm.before_states([&cells] {
        if (cells.restore) cells.restore();
    });
    Interpreter interpreter(session, cells);
    Dispatcher dispatcher(session, comm, interpreter);
    server.run(dispatcher, [parent] { return ::getppid() != parent; });
    comm.end();
}

int kernel_main(int argc, char** argv, const std::function<Cells(widgets::WidgetRegistry&)>& furnish) {
    if (argc != 3 || std::string_view(argv[1]) != "-f") {
        std::fputs(
            "lorikeet_kernel is started by Jupyter: lorikeet_kernel -f CONNECTION_FILE\n"
            "`lorikeet install-kernel` makes it known to Jupyter.\n",
            stderr);
        return 2;
    }
    try {
        serve(read_connection(argv[2]), furnish);
        return 0;
    } catch (const base::Error& error) {
        std::fprintf(stderr, "%s\n%s\n", error.what(), error.hint().c_str());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    return 1;
}

}  // namespace lorikeet::kernel
