// A page that only this test has is shown by its word, listed, found again after a restart, and works: one class, one row.
#include <gtest/gtest.h>

#include "widgets/page_context.hpp"
#include "widgets/pages.hpp"

namespace lorikeet::widgets {
namespace {

class ToyPage : public Page {
  public:
    explicit ToyPage(PageContext& context) : Page(context) {
        assemble({"Toys", "Counts presses.", "Press", "plus", "Next: press again."}, {},
                 [this] { say(Mood::Done, "Pressed " + std::to_string(++presses_) + " times."); });
    }

  private:
    int presses_ = 0;
};

const PageRow& toys() {
    static const PageRow row{{"toys", "Counts presses."}, [](PageContext& context) -> std::unique_ptr<Page> {
                                 return std::make_unique<ToyPage>(context);
                             }};
    return row;
}

}  // namespace

TEST(ToyPage, IsShownByItsWordListedAndWorks) {
    TestPageContext room;
    const base::ScopedRow scope(page_table(), toys());
    Pages pages(room.registry, room.folder.path());
    EXPECT_NE(pages.answer("help").text.find("Counts presses."), std::string::npos);
    EXPECT_NE(pages.answer("toyss").text.find("Did you mean \"toys\"?"), std::string::npos);
    const auto* widget = pages.answer("Toys").widget;
    ASSERT_NE(widget, nullptr);
    EXPECT_EQ(pages.answer("toys").widget, widget) << "the same page again";
    click(control<Button>(room.registry, "Press"));
    click(control<Button>(room.registry, "Press"));
    EXPECT_NE(all_text(room.registry).find("Pressed 2 times."), std::string::npos);
}

TEST(ToyPage, GoesWithItsRow) {
    TestPageContext room;
    { const base::ScopedRow scope(page_table(), toys()); }
    Pages pages(room.registry, room.folder.path());
    EXPECT_EQ(pages.answer("toys").widget, nullptr);
}

}  // namespace lorikeet::widgets
