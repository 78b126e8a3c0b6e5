#include "train/file_hash.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>

#include "support/temp_folder.hpp"

namespace lorikeet::train {
namespace {

std::shared_ptr<const base::HeldFile> held(const base::Path& file) {
    return std::make_shared<const base::HeldFile>(file);
}

}  // namespace

TEST(FileHash, IsThatOfTheFileAlsoWhenItIsGone) {
    const support::TempFolder folder;
    const auto file = folder.path() / "a";
    const std::string text(3'000'001, 'x');
    base::write_whole(file, text);
    FileHash hash(held(file)), never_started(held(file));
    EXPECT_FALSE(hash.try_get()) << "nothing is read before it is asked for";
    std::filesystem::remove(file);
    hash.start();
    EXPECT_EQ(hash.get(), base::sha256(text));
    EXPECT_EQ(hash.try_get(), base::sha256(text));
    EXPECT_EQ(never_started.get(), base::sha256(text));
}

TEST(FileHash, ComesByItself) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "a", "b");
    FileHash hash(held(folder.path() / "a"));
    hash.start();
    for (int i = 0; i < 1000 && !hash.try_get(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(hash.try_get(), base::sha256("b"));
}

TEST(FileHash, WhereNoThreadIsToBeHadItIsWorkedOutWhenAskedFor) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "a", "b");
    FileHash hash(held(folder.path() / "a"));
    pthread_attr_t before, huge;
    ::pthread_getattr_default_np(&before);
    ::pthread_attr_init(&huge);
    ::pthread_attr_setstacksize(&huge, std::size_t{1} << 50);  // bytes: no memory is so large
    ::pthread_setattr_default_np(&huge);
    EXPECT_NO_THROW(hash.start());
    ::pthread_setattr_default_np(&before);
    EXPECT_EQ(hash.get(), base::sha256("b"));
}

TEST(FileHash, OfAFileThatWasWrittenOverThereIsNone) {
    const support::TempFolder folder;
    const auto file = folder.path() / "a";
    base::write_whole(file, "abc");
    FileHash hash(held(file));
    std::filesystem::resize_file(file, 1);
    EXPECT_EQ(hash.get(), "");
    EXPECT_NE(hash.why().find("written over"), std::string::npos);
}

}  // namespace lorikeet::train
