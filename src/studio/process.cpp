#include "studio/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

constexpr std::string_view kProgramName = "lorikeet";
constexpr std::uintmax_t kLastBytes = 16 * 1024;

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

  private:
    int fd_;
};

[[noreturn]] void fail_start(const base::Path& program, int number) {
    if (number == ENOENT)
        base::fail(ErrorCode::NotFound, fmt::format("There is no program {}.", program.string()),
                   "Build or install Lorikeet again.");
    base::fail(
        ErrorCode::Io, fmt::format("Could not start {}: {}.", program.string(), std::strerror(number)),
        number == EAGAIN || number == ENOMEM ? "The machine has no room for another process; end one." : "");
}

// All that a child needs, made before the fork: behind it only what is safe in a signal handler may be called.
struct Prepared {
    std::vector<std::string> texts;
    std::vector<char*> words;
    std::string folder;
    int output = -1, nothing = -1, report = -1;
};

void close_all_but(int kept) {
    const auto keep = static_cast<unsigned>(kept);
    const bool closed = (keep <= 3 || ::close_range(3, keep - 1, 0) == 0) &&
                        ::close_range(keep + 1, ~0U, 0) == 0;
    if (closed) return;
    for (int fd = 3; fd < 1024; ++fd)  // an old kernel
        if (fd != kept) ::close(fd);
}

[[noreturn]] void become(const Prepared& ready) {
    const auto give_up = [&](int sign) {
        const int number = sign * errno;
        [[maybe_unused]] const auto told = ::write(ready.report, &number, sizeof number);
        ::_exit(127);
    };
    if (!ready.folder.empty() && ::chdir(ready.folder.c_str()) != 0) give_up(-1);
    if (::dup2(ready.nothing, 0) < 0 || ::dup2(ready.output, 1) < 0 || ::dup2(ready.output, 2) < 0)
        give_up(1);
    // What the starter keeps open (sockets, locks) is none of its business. `report` closes itself.
    close_all_but(ready.report);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int which : {SIGINT, SIGTERM, SIGQUIT, SIGPIPE, SIGCHLD}) ::signal(which, SIG_DFL);
    ::signal(SIGHUP, SIG_IGN);  // as under nohup: a terminal that closes changes nothing
    ::execv(ready.words.front(), ready.words.data());
    give_up(1);
    ::_exit(127);
}

// Twice forked, so that it is nobody's child: the starter need not wait for its end. Returns the pid.
int fork_away(const Prepared& ready, int pid_to) {
    const pid_t between = ::fork();
    if (between != 0) return between;
    ::setsid();
    const pid_t child = ::fork();
    if (child == 0) become(ready);
    const int told = child < 0 ? -errno : child;
    [[maybe_unused]] const auto written = ::write(pid_to, &told, sizeof told);
    ::_exit(0);
}

// The lock is shared with the child, which holds it until it ends. One that waits here would wait for the child.
Descriptor open_output(const base::Path& output) {
    const int fd = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        base::fail(ErrorCode::Io,
                   fmt::format("Could not write {}: {}.", output.string(), std::strerror(errno)),
                   "Choose a folder that you may write to.");
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        base::fail(ErrorCode::Conflict, fmt::format("A process writes to {} already.", output.string()));
    }
    return Descriptor(fd);
}

int read_number(int fd, int otherwise) {
    int number = 0;
    for (;;) {
        const auto n = ::read(fd, &number, sizeof number);
        if (n < 0 && errno == EINTR) continue;
        return n == static_cast<ssize_t>(sizeof number) ? number : otherwise;
    }
}

}  // namespace

int start_process(const ProcessRequest& request) {
    const Descriptor output = open_output(request.output);
    const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    std::array<int, 2> pid_pipe{-1, -1}, report_pipe{-1, -1};
    if (::pipe2(pid_pipe.data(), O_CLOEXEC) != 0 || ::pipe2(report_pipe.data(), O_CLOEXEC) != 0)
        fail_start(request.program, errno);
    const Descriptor pid_from(pid_pipe[0]), report_from(report_pipe[0]);
    Descriptor pid_to(pid_pipe[1]), report_to(report_pipe[1]);

    Prepared ready;
    ready.texts.push_back(request.program.string());
    ready.texts.insert(ready.texts.end(), request.words.begin(), request.words.end());
    for (auto& text : ready.texts) ready.words.push_back(text.data());
    ready.words.push_back(nullptr);
    ready.folder = request.working_folder.string();
    ready.output = output.get();
    ready.nothing = nothing.get();
    ready.report = report_to.get();

    const pid_t between = fork_away(ready, pid_to.get());
    if (between < 0) fail_start(request.program, errno);
    pid_to.close();
    report_to.close();
    const int pid = read_number(pid_from.get(), -EAGAIN);
    while (::waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (pid < 0) fail_start(request.program, -pid);
    // Nothing comes when the program runs: the pipe closes as it takes over.
    const int trouble = read_number(report_from.get(), 0);
    // It told its trouble before it ended; the lock is free when its end of the pipe is.
    if (trouble != 0) read_number(report_from.get(), 0);
    if (trouble < 0)
        base::fail(ErrorCode::NotFound,
                   fmt::format("Could not go into the folder {}: {}.", ready.folder, std::strerror(-trouble)),
                   "Check the path.");
    if (trouble > 0) fail_start(request.program, trouble);
    return pid;
}

bool lives(const base::Path& output) {
    const Descriptor fd(::open(output.c_str(), O_RDONLY | O_CLOEXEC));
    // Shared, so that those who look do not see each other.
    return fd.get() >= 0 && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0;
}

base::Path own_program() {
    std::error_code ignored;
    base::Path running = fs::read_symlink("/proc/self/exe", ignored);
    // A program that was built again while it ran.
    constexpr std::string_view kDeleted = " (deleted)";
    if (auto text = running.string(); text.ends_with(kDeleted))
        running = text.substr(0, text.size() - kDeleted.size());
    const auto beside = running.parent_path() / kProgramName;
    if (fs::exists(beside, ignored)) return beside;
    base::fail(ErrorCode::NotFound, fmt::format("There is no program {}.", beside.string()),
               "Build or install Lorikeet again: lorikeet lies beside what runs now.");
}

LastWords last_words(const base::Path& output) {
    LastWords words;
    std::ifstream file(output, std::ios::binary);
    std::error_code trouble;
    const auto size = fs::file_size(output, trouble);
    if (!file || trouble) return words;
    if (size > kLastBytes) file.seekg(static_cast<std::streamoff>(size - kLastBytes));
    words.all.assign(std::istreambuf_iterator<char>(file), {});
    constexpr std::string_view kError = "error: ", kHelp = "\n help: ";
    auto from = words.all.rfind(std::string("\n").append(kError));
    if (from == std::string::npos && words.all.starts_with(kError)) from = 0;
    if (from == std::string::npos) return words;
    std::string said = words.all.substr(words.all.find(kError, from) + kError.size());
    const auto help = said.find(kHelp);
    if (help != std::string::npos) {
        words.hint = base::trim(said.substr(help + kHelp.size()));
        said.resize(help);
    }
    words.cause = base::trim(said);
    return words;
}

}  // namespace lorikeet::studio
