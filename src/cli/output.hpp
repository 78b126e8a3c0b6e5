// What goes to one of the program's outputs, and whether it arrived: a full disk is told at the end, a reader that goes away
// is not.
#pragma once

#include <array>
#include <streambuf>
#include <string>

namespace lorikeet::cli {

// A buffer over a file descriptor. What cannot be written is dropped; the first reason is kept.
class Output : public std::streambuf {
  public:
    explicit Output(int descriptor);
    ~Output() override;
    // Why something did not arrive, as half a sentence; empty when all did, or when nobody reads any more.
    std::string trouble();

  protected:
    int overflow(int letter) override;
    int sync() override;

  private:
    void write_out();

    int descriptor_;
    int error_ = 0;
    std::array<char, 4096> bytes_{};
};

// To be called first in main(): a reader that goes away, or a file that may not grow, is an error to be told and never the
// end of the process; and outputs that were closed take nothing, so that no file is opened in their place.
void prepare_outputs();

}  // namespace lorikeet::cli
