// A whole kernel: its parts put together, and its life from the first message to the last.
//
// Ends when it is told to, or when the process that started it is gone. A training that it launched does not end with it.
#pragma once

#include <functional>

#include "kernel/connection.hpp"
#include "kernel/interpreter.hpp"
#include "widgets/widget.hpp"

namespace lorikeet::kernel {

// `furnish` makes what answers the cells; it is called once, with the stage that all widgets stand on.
void serve(const Connection& connection, const std::function<Cells(widgets::WidgetRegistry&)>& furnish);

// What a kernel's main does: reads the words "-f FILE", serves, says on stderr what went wrong. The exit code.
int kernel_main(int argc, char** argv, const std::function<Cells(widgets::WidgetRegistry&)>& furnish);

}  // namespace lorikeet::kernel
