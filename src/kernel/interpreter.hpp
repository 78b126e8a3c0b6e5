// What a cell means: one of our words, answered by a page. The rest of the protocol that asks about words.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "kernel/session.hpp"
#include "widgets/pages.hpp"

namespace lorikeet::kernel {

// Who answers cells: the pages, or a test.
struct Cells {
    std::function<widgets::Answer(std::string_view cell)> answer;
    std::vector<widgets::Word> words;
    // Called when a window asks for the state of everything: pages that its notebook shows from an earlier kernel are made.
    std::function<void()> restore = {};
};

class Interpreter {
  public:
    Interpreter(Session& session, Cells cells);

    // The content of each reply. `status` is "error" where a cell threw: our own bug, told to the person all the same.
    nlohmann::json execute(const nlohmann::json& request);
    nlohmann::json complete(const nlohmann::json& request) const;
    nlohmann::json inspect(const nlohmann::json& request) const;
    nlohmann::json history(const nlohmann::json& request) const;

  private:
    void show(const widgets::Answer& answer);
    nlohmann::json fail(const std::string& name, const std::string& sentence, const std::string& hint,
                        bool silent);

    Session& session_;
    Cells cells_;
    int count_ = 0;
    std::vector<std::pair<int, std::string>> past_;  // the cells of this session, by their number
};

nlohmann::json kernel_info();

}  // namespace lorikeet::kernel
