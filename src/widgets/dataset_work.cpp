#include "widgets/dataset_work.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace lorikeet::widgets {

void DatasetWork::add(Work work, Failed failed) {
    if (++going_on_ == 1 && on_busy) on_busy(true);
    queue_.add([this, work = std::move(work), failed = std::move(failed)]() -> Answer {
        Answer answer;
        try {
            answer = work();
        } catch (const base::Error& error) {
            answer = [failed, error] { failed(error); };
        } catch (const std::exception& error) {
            const base::Error known(base::ErrorCode::Internal, error.what(),
                                    "This is a bug; the log has more.");
            answer = [failed, known] { failed(known); };
        }
        return [this, answer = std::move(answer)] {
            if (--going_on_ == 0 && on_busy) on_busy(false);
            if (answer) answer();
        };
    });
}

void DatasetWork::change(Does does, Done done, Failed failed) {
    add(
        [does = std::move(does), done = std::move(done)]() -> Answer {
            const auto outcome = does();
            return [done, outcome] { done(outcome); };
        },
        std::move(failed));
}

DatasetWork::Words DatasetWork::words_for(const studio::ChangeOutcome& outcome,
                                          const std::string& ending) const {
    const auto& left = outcome.not_done;
    if (on_line)
        for (const auto& problem : left) on_line(base::to_text({problem}));
    if (left.empty()) return {fmt::format(fmt::runtime(ending), outcome.what), false};
    const auto made = outcome.done == 0 ? std::string("Nothing was changed.")
                                        : fmt::format(fmt::runtime(ending), outcome.what);
    return {fmt::format("{} {} as {}: {}", made, base::counted(left.size(), "file stays", "files stay"),
                        left.size() == 1 ? "it is" : "they are", base::to_text({left.front()})),
            true};
}

}  // namespace lorikeet::widgets
