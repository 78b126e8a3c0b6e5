#include "studio/doctor.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "studio/project.hpp"
#include "studio/sample_launch.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {
namespace {

// A machine of files: nothing of the real one is asked.
class Machine {
  public:
    Machine() {
        here.root = folder_.path() / "root";
        here.working_folder = folder_.path() / "work";
        here.ask_driver = false;
        std::filesystem::create_directories(here.working_folder);
        file("etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        file("proc/cpuinfo", "processor : 0\nmodel name\t: A Processor 9000\nflags\t\t: fpu avx2 avx512f\n");
        file("proc/meminfo", "MemTotal:       32000000 kB\nMemFree: 1 kB\nMemAvailable:   20000000 kB\n");
    }
    void file(const std::string& path, const std::string& text) {
        std::filesystem::create_directories((here.root / path).parent_path());
        base::write_whole(here.root / path, text);
    }
    DoctorRow row(const std::string& what) const {
        for (const auto& one : examine(here))
            if (one.what == what) return one;
        throw std::runtime_error("no row " + what);
    }
    Surroundings here;

  private:
    support::TempFolder folder_;
};

}  // namespace

TEST(Container, IsToldByWhatOnlyItSets) {
    Machine machine;
    EXPECT_EQ(container_of(machine.here), Container::None);
    std::filesystem::create_directories(machine.here.root / "workspace");
    EXPECT_EQ(container_of(machine.here), Container::None) << "/workspace alone says nothing";
    machine.file(".dockerenv", "");
    EXPECT_EQ(container_of(machine.here), Container::Plain);
    machine.here.variables = {{"VAST_CONTAINERLABEL", "C.123"}};
    EXPECT_EQ(container_of(machine.here), Container::VastAi);
    machine.here.variables = {{"VAST_TCP_PORT_22_EXTERNAL_PORT", "40022"}, {"RUNPOD_POD_ID", ""}};
    EXPECT_EQ(container_of(machine.here), Container::VastAi);
    machine.here.variables = {{"RUNPOD_POD_ID", "abc"}};
    EXPECT_EQ(container_of(machine.here), Container::RunPod);
    machine.here.variables = {{"COLAB_RELEASE_TAG", "release"}};
    EXPECT_EQ(container_of(machine.here), Container::Colab);
    machine.here.variables = {{"KAGGLE_KERNEL_RUN_TYPE", "Interactive"}};
    EXPECT_EQ(container_of(machine.here), Container::Kaggle);
}

TEST(Container, IsSeenInTheGroupsOfTheFirstProcess) {
    Machine machine;
    machine.file("proc/1/cgroup", "0::/kubepods/besteffort/pod1\n");
    EXPECT_EQ(container_of(machine.here), Container::Plain);
}

TEST(Doctor, TellsSystemProcessorAndMemory) {
    Machine machine;
    EXPECT_EQ(machine.row("system").found.find("Debian GNU/Linux 12 (bookworm)"), 0u);
    EXPECT_EQ(machine.row("processor").found.find("A Processor 9000"), 0u);
    EXPECT_NE(machine.row("processor").found.find("AVX2, AVX-512"), std::string::npos);
    EXPECT_EQ(machine.row("memory").found, "20.48 GB free of 32.77 GB");
    EXPECT_EQ(machine.row("memory").health, Health::Fine);
}

TEST(Doctor, AContainerWithLessMemoryThanItsMachineIsSeen) {
    Machine machine;
    machine.file("sys/fs/cgroup/memory.max", "4000000000\n");
    machine.file("sys/fs/cgroup/memory.current", "1000000000\n");
    EXPECT_EQ(machine.row("memory").found, "3.00 GB free of 4.00 GB");
    EXPECT_EQ(machine.row("memory").health, Health::Note);
    machine.file("sys/fs/cgroup/memory.max", "max\n");
    EXPECT_EQ(machine.row("memory").health, Health::Fine);
}

TEST(Doctor, AGpuIsToldWithItsDriver) {
    Machine machine;
    EXPECT_EQ(machine.row("GPU").health, Health::Note);
    machine.file("proc/driver/nvidia/version",
                 "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\n");
    EXPECT_EQ(machine.row("GPU").health, Health::Wrong) << "a driver without a card";
    EXPECT_NE(machine.row("GPU").remedy.find("--gpus all"), std::string::npos);
    machine.file("proc/driver/nvidia/gpus/0000:01:00.0/information",
                 "Model: \t\t NVIDIA GeForce RTX 3090\nIRQ: 1\n");
    EXPECT_EQ(machine.row("GPU").found, "NVIDIA GeForce RTX 3090, driver 550.54.15");
    EXPECT_NE(machine.row("GPU").health, Health::Wrong);
}

TEST(Doctor, MakesTheFoldersOnlyWhenAsked) {
    Machine machine;
    const auto before = machine.row("folders");
    EXPECT_EQ(before.fix, "make-folders");
    EXPECT_TRUE(std::filesystem::is_empty(machine.here.working_folder)) << "looking changes nothing";
    fix(before.fix, machine.here);
    EXPECT_EQ(machine.row("folders").health, Health::Fine);
    fix(before.fix, machine.here);  // again: what is right stays
    EXPECT_THROW(fix("wonders", machine.here), base::Error);
}

TEST(Doctor, AModelThatIsMissingIsNothingWeCanMake) {
    Machine machine;
    EXPECT_EQ(machine.row("models").health, Health::Note);
    EXPECT_EQ(machine.row("models").fix, "");
    std::filesystem::create_directories(machine.here.working_folder / "models");
    EXPECT_EQ(machine.row("models").health, Health::Note) << "a folder is no model";
}

TEST(Doctor, ItsAdviceNamesBothFamilies) {
    Machine machine;
    machine.file("proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 2000000 kB\n");
    for (const auto* what : {"memory", "models", "GPU"}) {
        const auto row = machine.row(what);
        EXPECT_NE((row.cause + row.remedy).find("Stable Diffusion 1.x"), std::string::npos) << what;
        EXPECT_NE((row.cause + row.remedy).find("SDXL"), std::string::npos) << what;
    }
}

TEST(Doctor, ImagesToTrainOnAndSamplesHaveFoldersOfTheirOwn) {
    Machine machine;
    fix("make-folders", machine.here);
    EXPECT_TRUE(std::filesystem::is_directory(machine.here.working_folder / "pictures"));
    EXPECT_TRUE(std::filesystem::is_directory(machine.here.working_folder / kSamplesFolder));
    EXPECT_NE(base::Path(kSamplesFolder), "pictures");
}

TEST(Doctor, EveryRowThatIsNotFineHasACauseAndARemedy) {
    Machine machine;
    std::filesystem::remove_all(machine.here.root);  // a system that tells nothing
    for (const auto& row : examine(machine.here)) {
        EXPECT_NE(row.found, "") << row.what;
        EXPECT_EQ(row.health == Health::Fine, row.cause.empty()) << row.what;
        EXPECT_EQ(row.health == Health::Fine, row.remedy.empty()) << row.what;
    }
}

TEST(Doctor, TheRealMachineIsLookedAtWithoutHarm) {
    const support::TempFolder folder;
    const auto rows = examine(Surroundings::real(folder.path()));
    EXPECT_EQ(rows.size(), 12u);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Doctor, SaysWhichProjectIsOpen) {
    Machine machine;
    EXPECT_EQ(machine.row("project").found, "none is open; this folder itself is used");
    const auto bird = Projects(machine.here.working_folder).create("Blue bird");
    EXPECT_EQ(machine.row("project").found, "Blue bird, in " + bird.folder.string());
    EXPECT_EQ(Surroundings::of_open_project(machine.here.working_folder).working_folder, bird.folder);
    base::write_whole(machine.here.working_folder / ".lorikeet" / "workspace.json", "{\"open\": ");
    EXPECT_EQ(machine.row("project").health, Health::Wrong);
    EXPECT_NE(machine.row("project").cause.find("is damaged"), std::string::npos);
}

}  // namespace lorikeet::studio
