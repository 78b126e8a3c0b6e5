#include "cli/output.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace lorikeet::cli {

Output::Output(int descriptor) : descriptor_(descriptor) {
    setp(bytes_.data(), bytes_.data() + bytes_.size());
}

Output::~Output() { write_out(); }

void Output::write_out() {
    const char* from = pbase();
    while (from < pptr() && error_ == 0) {
        const auto n = ::write(descriptor_, from, static_cast<std::size_t>(pptr() - from));
        if (n >= 0)
            from += n;
        else if (errno != EINTR)
            error_ = errno;
    }
    setp(bytes_.data(), bytes_.data() + bytes_.size());
}

int Output::overflow(int letter) {
    write_out();
    if (letter == traits_type::eof()) return traits_type::not_eof(letter);
    *pptr() = traits_type::to_char_type(letter);
    pbump(1);
    return letter;
}

int Output::sync() {
    write_out();
    return 0;
}

std::string Output::trouble() {
    write_out();
    return error_ == 0 || error_ == EPIPE ? std::string() : std::string(std::strerror(error_));
}

void prepare_outputs() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
            ::open("/dev/null", O_RDWR);  // takes the lowest number that is free: this one
}

}  // namespace lorikeet::cli
