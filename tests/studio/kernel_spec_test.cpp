#include "studio/kernel_spec.hpp"

#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct Room {
    Room() {
        std::filesystem::create_directories(folder.path() / "env" / "bin");
        base::write_whole(program, "#!/bin/sh\n");
    }
    support::TempFolder folder;
    base::Path program = folder.path() / "lorikeet_kernel";
    base::Path prefix = folder.path() / "env";
};

}  // namespace

TEST(KernelSpec, JupyterFindsTheProgramWhereverTheFolderLies) {
    const Room room;
    const auto report = install_kernel_spec({room.program, room.prefix});
    EXPECT_EQ(report.folder, room.prefix / "share/jupyter/kernels/lorikeet");
    const auto spec = nlohmann::json::parse(base::read_text(report.folder / "kernel.json"));
    EXPECT_EQ(spec.at("argv"),
              nlohmann::json::array({"{resource_dir}/lorikeet_kernel", "-f", "{connection_file}"}));
    EXPECT_EQ(spec.at("interrupt_mode"), "message");
    EXPECT_EQ(std::filesystem::canonical(report.folder / "lorikeet_kernel"),
              std::filesystem::canonical(room.program));
}

TEST(KernelSpec, InstalledAgainItIsAsIfItWereOnce) {
    const Room room;
    const auto first = install_kernel_spec({room.program, room.prefix});
    const auto before = base::read_text(first.folder / "kernel.json");
    const auto second = install_kernel_spec({room.program, room.prefix});
    EXPECT_EQ(base::read_text(second.folder / "kernel.json"), before);
    EXPECT_TRUE(std::filesystem::is_symlink(second.folder / "lorikeet_kernel"));
}

TEST(KernelSpec, SaysWhatAnEnvironmentLacks) {
    const Room room;
    ASSERT_EQ(install_kernel_spec({room.program, room.prefix}).missing.size(), 1U);
    base::write_whole(room.prefix / "bin" / "jupyter-lab", "");
    const auto report = install_kernel_spec({room.program, room.prefix});
    ASSERT_EQ(report.missing.size(), 1U);
    EXPECT_NE(report.missing[0].what.find("anywidget"), std::string::npos);
    std::filesystem::create_directories(room.prefix / "share/jupyter/labextensions/anywidget");
    EXPECT_TRUE(install_kernel_spec({room.program, room.prefix}).missing.empty());
}

TEST(KernelSpec, WhatIsNotThereIsSaidWithAWayToFixIt) {
    const Room room;
    for (const auto& request : {KernelSpecRequest{room.folder.path() / "no", room.prefix},
                                KernelSpecRequest{room.program, room.folder.path() / "no"}}) {
        try {
            (void)install_kernel_spec(request);
            ADD_FAILURE();
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::NotFound);
            EXPECT_NE(error.hint(), "");
        }
    }
    base::write_whole(room.prefix / "share", "a file in the way");
    EXPECT_THROW((void)install_kernel_spec({room.program, room.prefix}), base::Error);
}

TEST(KernelSpec, TheUsersFolderIsTheOneJupyterLooksInto) {
    ::setenv("HOME", "/srv/somebody", 1);
    ::unsetenv("XDG_DATA_HOME");
    ::unsetenv("JUPYTER_DATA_DIR");
    EXPECT_EQ(user_jupyter_folder(), "/srv/somebody/.local/share/jupyter");
    ::setenv("XDG_DATA_HOME", "/data", 1);
    EXPECT_EQ(user_jupyter_folder(), "/data/jupyter");
    ::setenv("JUPYTER_DATA_DIR", "/mine", 1);
    EXPECT_EQ(user_jupyter_folder(), "/mine");
    ::unsetenv("JUPYTER_DATA_DIR");
    ::unsetenv("XDG_DATA_HOME");
}

}  // namespace lorikeet::studio
