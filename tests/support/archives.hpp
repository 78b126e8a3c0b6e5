// Archives for tests, written by libarchive, also such as nobody should make.
#pragma once

#include <clocale>
#include <stdexcept>
#include <string>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include "base/file.hpp"

namespace lorikeet::support {

struct Packed {
    std::string name;
    std::string bytes;
    std::string link_to = {};  // a symbolic link; "=name" is a hard one
};

struct PackedAs {
    bool names_are_utf8 = true;  // false: the bytes as they are, and no word about it
    std::string password = {};
};

// By the ending of the path: .zip .7z .tar .tar.gz .tar.xz .tar.zst
inline void write_archive(const base::Path& path, const std::vector<Packed>& entries,
                          const PackedAs& as = {}) {
    const auto name = path.string();
    const locale_t wide = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    const locale_t before = as.names_are_utf8 && wide ? ::uselocale(wide) : nullptr;
    archive* a = archive_write_new();
    const auto must = [&](int code) {
        if (code < ARCHIVE_WARN) throw std::runtime_error(archive_error_string(a));
    };
    if (name.ends_with(".zip")) must(archive_write_set_format_zip(a));
    if (name.ends_with(".7z")) must(archive_write_set_format_7zip(a));
    if (name.find(".tar") != std::string::npos) must(archive_write_set_format_pax_restricted(a));
    if (name.ends_with(".gz")) must(archive_write_add_filter_gzip(a));
    if (name.ends_with(".xz")) must(archive_write_add_filter_xz(a));
    if (name.ends_with(".zst")) must(archive_write_add_filter_zstd(a));
    // Little memory: what other tests measure of it moves with what was freed before them.
    if (name.ends_with(".7z")) must(archive_write_set_options(a, "7zip:compression-level=1"));
    if (name.ends_with(".xz")) must(archive_write_set_options(a, "xz:compression-level=0"));
    if (!as.password.empty()) {
        must(archive_write_set_options(a, "zip:encryption=zipcrypt"));
        must(archive_write_set_passphrase(a, as.password.c_str()));
    }
    must(archive_write_open_filename(a, name.c_str()));
    for (const auto& one : entries) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, one.name.c_str());
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_filetype(entry, one.name.ends_with('/') ? AE_IFDIR : AE_IFREG);
        archive_entry_set_size(entry, static_cast<la_int64_t>(one.bytes.size()));
        if (one.link_to.starts_with('=')) {
            archive_entry_set_hardlink(entry, one.link_to.c_str() + 1);
        } else if (!one.link_to.empty()) {
            archive_entry_set_filetype(entry, AE_IFLNK);
            archive_entry_set_symlink(entry, one.link_to.c_str());
        }
        must(archive_write_header(a, entry));
        if (!one.bytes.empty() && archive_write_data(a, one.bytes.data(), one.bytes.size()) < 0)
            throw std::runtime_error(archive_error_string(a));
        archive_entry_free(entry);
    }
    must(archive_write_close(a));
    archive_write_free(a);
    if (before != nullptr) ::uselocale(before);
    if (wide != nullptr) ::freelocale(wide);
}

}  // namespace lorikeet::support
