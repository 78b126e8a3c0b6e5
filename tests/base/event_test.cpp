#include "base/event.hpp"

#include <gtest/gtest.h>

namespace lorikeet::base {
namespace {

class Listener : public EventSink {
  public:
    explicit Listener(std::string& heard, char name) : heard_(heard), name_(name) {}
    void take(const Event& event) override { heard_ += name_ + event.kind + " "; }

  private:
    std::string& heard_;
    char name_;
};

}  // namespace

TEST(Event, WholeNumbersAndFractionsAreBothNumbers) {
    const Event event{"metrics", {{"step", std::int64_t{3}}, {"loss", 0.25}, {"file", std::string("a.png")}}};
    EXPECT_EQ(event.number("step"), 3);
    EXPECT_EQ(event.number("loss"), 0.25);
    EXPECT_EQ(event.number("file", -1), -1);
    EXPECT_EQ(event.number("pace", -1), -1);
}

TEST(Event, AFieldThatIsNotThereIsAnEmptyText) {
    const Event event{"sample", {{"file", std::string("a.png")}}};
    EXPECT_EQ(event.text("file"), "a.png");
    EXPECT_EQ(event.text("prompt"), "");
    EXPECT_EQ(event.find("prompt"), nullptr);
}

TEST(EventFan, TellsEveryListenerInTheOrderTheyCame) {
    std::string heard;
    Listener first(heard, '1'), second(heard, '2');
    EventFan fan;
    fan.add(first);
    fan.add(second);
    fan.take({"phase", {}});
    fan.take({"end", {}});
    EXPECT_EQ(heard, "1phase 2phase 1end 2end ");
}

}  // namespace lorikeet::base
