// The field on which people drop images, folders and archives: an anywidget part of our own (web/upload.js). Files come in
// pieces of 1 MiB, four on their way at a time, each file checked by its SHA-256; studio/upload_receiver.hpp puts them into
// their places, on a thread of its own.
//
// From a window, each with {window, key}: offer, begin, piece, end, whole, cancel, done, hello; to it: compare, plan, begun,
// got, kept, lost, failed, ended (web/upload_sender.js says what each holds). Every one may come twice. Of an archive that lies
// there packed: unpack and remove, with its number in the list and its name.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "studio/upload_receiver.hpp"
#include "widgets/controls.hpp"
#include "widgets/work_queue.hpp"

namespace lorikeet::widgets {

// What came of the files that were dropped together.
struct UploadReport {
    std::vector<std::string> added;                             // names below the folder
    std::size_t images = 0, captions = 0, archives = 0;         // of them
    std::size_t there = 0;                                      // were here already
    std::vector<std::pair<std::string, std::string>> renamed;   // as it came -> as it is called here
    std::vector<std::pair<std::string, std::string>> left_out;  // name, reason
    std::vector<std::string> to_unpack;                         // archives that are here now
    std::size_t missing = 0;                                    // were to come and did not
    std::string sentence() const;                               // "24 images and 20 captions added."
};

// What came of an archive that was dropped.
struct UnpackReport {
    std::string sentence;
    bool failed = false;
    std::vector<std::pair<std::string, std::string>> left_out;  // name, reason
};

class Upload : public Control {
  public:
    explicit Upload(SharedStyles& styles);
    ~Upload() override;

    // Where files go from here on. What is on its way to another folder is refused.
    void set_place(const base::Path& folder, const std::vector<std::string>& caption_extensions);
    void say_empty(bool empty);  // nothing is there yet: the field is large
    void forget_report();
    void tell_unpacked(const UnpackReport& report);  // under the report of its drop, until the next
    void show_archives(const std::vector<std::string>& archives);  // that lie there packed: their names
    bool is_receiving() const { return !batches_.empty(); }

    std::function<void()> on_kept;                                 // after each file that got its place
    std::function<void(const UploadReport&)> on_end;               // of one drop
    std::function<void(const std::string&)> on_unpack, on_remove;  // of an archive that is shown

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    struct Message;
    struct Batch;
    struct Receiving;
    void take(const Message& message, const std::vector<std::string>& buffers);
    void offer(const Message& message);
    void take_plan(const Message& message, const std::vector<studio::OfferedFile>& offer,
                   const std::vector<studio::PlannedFile>& plan);
    void begin(const Message& message);
    void piece(const Message& message, const std::string& bytes);
    void end(const Message& message);
    void whole(const Message& message, const std::string& bytes);
    void cancel(const Message& message);
    void take_archive(const Message& message);
    void file_is_kept(const Message& message);
    void work(const Message& message, std::function<nlohmann::json(studio::UploadReceiver&)> does);
    void answer(const Message& message, nlohmann::json content);
    Batch& batch(const std::string& window);
    void finish(const std::string& window);
    void look_for_the_silent();

    base::Path folder_;
    std::vector<std::string> caption_extensions_;
    std::vector<std::string> archives_;
    std::map<std::string, std::unique_ptr<Batch>> batches_;  // by window
    std::map<std::string, nlohmann::json> plans_;  // the last answers, for windows that did not hear them
    std::shared_ptr<Receiving> receiving_;
    std::unique_ptr<Timer> timer_;  // while a batch is open
    WorkQueue queue_;
};

}  // namespace lorikeet::widgets
