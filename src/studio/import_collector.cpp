#include "studio/import_collector.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "io/format.hpp"
#include "io/image.hpp"
#include "io/name_encoding.hpp"
#include "studio/import_names.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;
using Piece = std::span<const std::byte>;
using More = std::function<Piece()>;

namespace {

// A file of this machine, piece by piece.
class PieceReader {
  public:
    explicit PieceReader(const base::Path& path) : stream_(path, std::ios::binary), part_(1 << 18) {}
    bool is_open() const { return stream_.is_open(); }
    Piece next() {
        stream_.read(reinterpret_cast<char*>(part_.data()), static_cast<std::streamsize>(part_.size()));
        return std::span(part_).first(static_cast<std::size_t>(stream_.gcount()));
    }
    bool failed() const { return stream_.bad(); }

  private:
    std::ifstream stream_;
    std::vector<std::byte> part_;
};

class Collector {
  public:
    Collector(const ImportRequest& request, ImportStaging& staging, const base::Cancel& cancel,
              const std::function<void(const ImportProgress&)>& on_progress)
        : request_(request), staging_(staging), cancel_(cancel), on_progress_(on_progress) {}

    void expect_room() const {
        const auto free = base::free_bytes(staging_.folder());
        if (progress_.bytes_in_all > free)
            base::fail(
                ErrorCode::NoSpace,
                fmt::format("{} is wanted and the disk of {} has {} left.",
                            base::human_bytes(progress_.bytes_in_all), staging_.dataset().string(),
                            base::human_bytes(free)),
                "Nothing was imported. Free some space there, or import into a folder on another disk.");
    }

    // What will be read, so that progress has an end.
    void measure(const base::Path& source) {
        if (!base::is_folder(source)) {
            progress_.bytes_in_all += base::bytes_in(source).value_or(0);
            return;
        }
        for (const auto& file : files_below(source))
            progress_.bytes_in_all += base::bytes_in(file).value_or(0);
    }

    void take_source(const ImportSource& source) {
        begin_source();
        try {
            if (base::is_folder(source.path))
                take_folder(source.path);
            else if (io::is_archive(source.path))
                take_archive(source.path);
            else
                take_single(source);
        } catch (const base::Error& error) {
            if (error.code() != ErrorCode::Interrupted) throw;
            result_.stopped = true;
        }
        end_source();
    }

    Collected take_result() { return std::move(result_); }

  private:
    void begin_source() {
        ++source_;
        first_of_source_ = result_.files.size();
        entries_ = 0;
    }

    // Names are turned into places when all of a source are known: together they tell their encoding.
    void end_source() {
        std::vector<std::string> odd;
        for (const auto& name : raw_)
            if (!base::is_utf8(name)) odd.push_back(name);
        for (const auto& [name, why] : left_out_)
            if (!base::is_utf8(name)) odd.push_back(name);
        const auto encoding = !request_.encoding.empty() || odd.empty() ? request_.encoding
                                                                        : io::encoding_of_names(odd);
        for (const auto& [name, why] : left_out_)
            result_.left_out.push_back({told_(readable_name(name, encoding)), why});
        left_out_.clear();
        std::vector<StagedFile> placed;
        for (std::size_t i = first_of_source_; i < result_.files.size(); ++i) {
            auto& file = result_.files[i];
            const auto name = readable_name(raw_[i - first_of_source_], encoding);
            file.from = told_(name);
            file.source_is_whole = !result_.stopped;
            const auto place = place_of_name(name);
            if (!place) {
                result_.left_out.push_back({file.from, "its name leads out of the folder, or to a drive"});
                staging_.drop(file.file);
                continue;
            }
            file.place = *place;
            file.asked = name.substr(name.find_last_of("/\\") + 1);
            if (*place != name)
                result_.made_safe.push_back({file.from, *place, "not every file system takes that name"});
            placed.push_back(std::move(file));
        }
        result_.files.resize(first_of_source_);
        std::move(placed.begin(), placed.end(), std::back_inserter(result_.files));
        if (!odd.empty())
            result_.notes.push_back(fmt::format(
                "{} names in {} are not UTF-8; they were read as {}, such as {}.", odd.size(), source_name_,
                encoding == "CP932" ? "Shift-JIS" : encoding, readable_name(odd.front(), encoding)));
        raw_.clear();
    }

    void take_folder(const base::Path& source) {
        const auto folder = fs::absolute(source).lexically_normal();
        const auto own = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
        source_name_ = own.string();
        told_ = [own](const std::string& name) { return own.string() + "/" + name; };
        // A folder that is a subset by its own name stays one.
        const bool is_subset = subset_named(own.string()).has_value();
        if (is_subset) told_ = [](const std::string& name) { return name; };
        for (const auto& file : files_below(source)) {
            cancel_.throw_if_stopped();
            const auto name = file.lexically_relative(source).generic_string();
            take_file_as(file, is_subset ? own.string() + "/" + name : name);
        }
    }

    // All below, links and odd things too, in the order of their names; what is passed over is not entered.
    std::vector<base::Path> files_below(const base::Path& folder) const {
        std::vector<base::Path> files;
        std::error_code trouble, ignored;
        for (auto at = fs::recursive_directory_iterator(folder, trouble);
             !trouble && at != fs::recursive_directory_iterator(); at.increment(trouble)) {
            const bool is_own = at->is_directory(ignored) && !at->is_symlink(ignored);
            if (is_own && fs::equivalent(at->path(), staging_.dataset(), ignored)) {
                at.disable_recursion_pending();
                continue;
            }
            if (is_own && !is_left_by_systems(at->path().filename().string())) continue;
            if (is_own) at.disable_recursion_pending();
            files.push_back(at->path());
        }
        if (trouble)
            base::fail(ErrorCode::Io,
                       fmt::format("{} cannot be read: {}.", folder.string(), trouble.message()),
                       "Check its permissions.");
        std::sort(files.begin(), files.end());
        return files;
    }

    void take_file_as(const base::Path& file, const std::string& name) {
        std::error_code trouble;
        if (const auto passed = passed_over_in(name); !passed.empty()) {
            ++result_.passed_over[passed];
            return;
        }
        if (fs::is_symlink(file, trouble)) return leave_out(name, "a link, which is not followed");
        if (!base::is_file(file)) return leave_out(name, "neither a file nor a folder");
        expect_entries();
        PieceReader reader(file);
        if (!reader.is_open()) return leave_out(name, "it cannot be read; check its permissions");
        take(name, base::bytes_in(file), [&] {
            cancel_.throw_if_stopped();
            const auto piece = reader.next();
            if (reader.failed())
                base::fail(ErrorCode::Io, fmt::format("Could not read {}.", file.string()),
                           "Check that disk.");
            tell(name, progress_.bytes_done + piece.size());
            return piece;
        });
    }

    void take_archive(const base::Path& source) {
        source_name_ = source.filename().string();
        told_ = [own = source_name_](const std::string& name) { return fmt::format("{}: {}", own, name); };
        const auto begin = progress_.bytes_done;
        io::ArchiveReader reader(source, request_.limits, cancel_);
        std::size_t files = 0;
        while (const auto entry = reader.next()) {
            tell(source_name_, begin + reader.bytes_done());
            if (entry->kind == io::EntryKind::Folder) continue;
            ++files;
            if (const auto passed = passed_over_in(entry->name); !passed.empty())
                ++result_.passed_over[passed];
            else if (entry->kind == io::EntryKind::Link)
                leave_out(entry->name, "a link, which is not followed");
            else if (entry->kind == io::EntryKind::Other)
                leave_out(entry->name, "neither a file nor a folder");
            else
                take(entry->name, entry->bytes, [&] {
                    tell(source_name_, begin + reader.bytes_done());
                    return reader.read();
                });
        }
        if (reader.may_be_cut_off())
            result_.notes.push_back(fmt::format(
                "{} has no mark of its end, so it may be cut off: {} {} in it. Compare its size with that of "
                "the original.",
                source_name_, base::counted(files, "file"), files == 1 ? "is" : "are"));
        tell(source_name_, begin + reader.bytes_in_all());
    }

    // An image brings its captions.
    void take_single(const ImportSource& source) {
        source_name_ = source.name;
        told_ = [](const std::string& name) { return name; };
        // A link that was named itself is meant.
        std::error_code trouble;
        const auto file = fs::canonical(source.path, trouble);
        take_file_as(trouble ? source.path : file, source.name);
        for (const auto& extension : request_.caption_extensions) {
            const auto caption = base::Path(source.path).replace_extension(extension);
            if (caption != source.path && base::is_file(caption))
                take_file_as(caption, base::Path(source.name).replace_extension(extension).generic_string());
        }
    }

    void expect_entries() {
        if (++entries_ > request_.limits.most_entries)
            base::fail(
                ErrorCode::Unsupported,
                fmt::format("{} holds more than {} files.", source_name_, request_.limits.most_entries),
                "If they are all meant, raise the limit most-files.");
    }

    // By its name, or by its first bytes where the name does not say.
    void take(const std::string& name, std::optional<std::uint64_t> declared, const More& more) {
        const bool is_caption = has_extension_of(name, request_.caption_extensions);
        if (is_archive_name(name)) return leave_out(name, "named as an archive; import it by itself");
        if (declared && *declared > request_.limits.most_file_bytes)
            return leave_out(
                name, fmt::format("larger than {}", base::human_bytes(request_.limits.most_file_bytes)));
        try {
            auto first = more();
            if (first.empty()) return leave_out(name, "empty");
            const auto format = io::format_of(first);
            const bool said = io::has_image_extension(name);
            if (!is_caption && !said && (format.empty() || format == "bmp"))
                return leave_out(name, "neither an image nor a caption");
            if (!is_caption && format.empty())
                return leave_out(name,
                                 fmt::format("no image by what it holds; {} are read", io::kFormatNames));
            keep(name, is_caption, staging_.write([&]() -> Piece {
                return first.empty() ? more() : std::exchange(first, Piece{});
            }));
        } catch (const base::Error& error) {
            if (error.code() != ErrorCode::Corrupt) throw;
            leave_out(name, "its bytes in the archive are damaged");
        }
    }

    void keep(const std::string& name, bool is_caption, const ImportStaging::Written& written) {
        if (!is_caption) try {
                static_cast<void>(io::peek_image(written.file));
            } catch (const base::Error& error) {
                staging_.drop(written.file);
                const auto why = base::replace_all(error.what(), written.file.string(), "it");
                return leave_out(name, why.ends_with('.') ? why.substr(0, why.size() - 1) : why);
            }
        StagedFile file;
        file.is_caption = is_caption, file.bytes = written.bytes, file.sha256 = written.sha256;
        file.file = written.file, file.source = source_;
        result_.files.push_back(std::move(file));
        raw_.push_back(name);
        ++progress_.files;
    }

    void leave_out(const std::string& name, const std::string& why) { left_out_.push_back({name, why}); }

    void tell(const std::string& name, std::uint64_t bytes_done) {
        progress_.name = name, progress_.bytes_done = bytes_done;
        constexpr double kEvery = 0.2;  // seconds
        const auto now = base::unix_seconds();
        if (!on_progress_ || now - told_at_ < kEvery) return;
        told_at_ = now;
        on_progress_(progress_);
    }

    const ImportRequest& request_;
    ImportStaging& staging_;
    const base::Cancel& cancel_;
    const std::function<void(const ImportProgress&)>& on_progress_;
    ImportProgress progress_;
    double told_at_ = 0;
    Collected result_;
    std::size_t source_ = 0, first_of_source_ = 0;
    std::uint64_t entries_ = 0;
    std::string source_name_;
    std::function<std::string(const std::string&)> told_;  // how a name of the source is told
    std::vector<std::string> raw_;                         // names of the source's files, as it has them
    std::vector<LeftOutFile> left_out_;                    // of the source, by names as it has them
};

}  // namespace

Collected collect(const ImportRequest& request, ImportStaging& staging, const base::Cancel& cancel,
                  const std::function<void(const ImportProgress&)>& on_progress) {
    Collector collector(request, staging, cancel, on_progress);
    Collected listed;
    const auto sources = sources_in(request.sources, request.caption_extensions, listed.left_out);
    for (const auto& source : sources) collector.measure(source.path);
    collector.expect_room();
    for (const auto& source : sources)
        if (!cancel.stop_requested()) collector.take_source(source);
    auto result = collector.take_result();
    result.stopped |= cancel.stop_requested();
    result.left_out.insert(result.left_out.begin(), listed.left_out.begin(), listed.left_out.end());
    return result;
}

}  // namespace lorikeet::studio
