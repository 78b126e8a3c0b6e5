// `images`: a field to drop images on, and under it all that are there.
#pragma once

#include <memory>
#include <string>

#include "studio/dataset_import.hpp"
#include "widgets/background_task.hpp"
#include "widgets/dataset_work.hpp"
#include "widgets/image_gallery.hpp"
#include "widgets/page.hpp"
#include "widgets/upload.hpp"

namespace lorikeet::widgets {

class ImagesPage : public Page {
  public:
    explicit ImagesPage(PageContext& context);
    ~ImagesPage() override;
    void shown() override { look(); }

    Upload& upload() const { return *upload_; }
    ImageGallery& gallery() const { return *gallery_; }

  private:
    struct Look;
    void look();
    void look_soon();
    void show(const Look& look);
    void change(const std::string& doing, DatasetWork::Does does, const std::string& ending);
    void unpack(const std::string& name);
    UnpackReport report_of(const studio::ImportOutcome& outcome);
    void say_where_it_stands(const Look& look);

    Upload* upload_ = nullptr;
    ImageGallery* gallery_ = nullptr;
    std::string said_;       // what was deleted or taken back last
    bool failed_ = false;    // and that it failed
    std::string unpacking_;  // the archive
    std::unique_ptr<Timer> soon_;
    BackgroundTask task_;
    base::Cancel leaving_;
    DatasetWork work_;
};

}  // namespace lorikeet::widgets
