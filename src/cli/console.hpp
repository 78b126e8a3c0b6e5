// What the program may write to, and what that place can show.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace lorikeet::cli {

// Facts about one output. Colour is decoration: every line reads the same without it.
struct Screen {
    bool live = false;     // a terminal whose lines can be drawn again
    bool colour = false;   // never where NO_COLOR is set
    bool unicode = false;  // the locale shows more than ASCII
    int width = 80;        // columns
};

// Looks at a file descriptor and the environment (NO_COLOR, TERM, LC_ALL, LC_CTYPE, LANG, COLUMNS).
Screen screen_of(int descriptor);

enum class Ink { Bold, Dim, Red, Yellow, Green };
// The text between the codes of an ink; the text alone where the screen has no colour.
std::string inked(Ink ink, std::string_view text, const Screen& screen);

// Columns that UTF-8 text takes on a terminal, a wide (East Asian) letter counting two.
int columns_of(std::string_view text);
// The text cut to so many columns, its end marked with "..." when something was left out.
std::string fit(std::string_view text, int columns);

// Both outputs of a command, so that commands are tested without a process.
struct Console {
    std::ostream& out;
    std::ostream& err;
    Screen out_screen;
    Screen err_screen;
};

}  // namespace lorikeet::cli
