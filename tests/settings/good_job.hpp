// A job in which nothing is wrong, and what is said of it after one change.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "settings/check.hpp"

namespace lorikeet::settings {

inline Job good_job() {
    Job job;
    job.data.subsets.resize(1);
    job.data.subsets[0].folder = "images";
    return job;
}

// What is wrong once `path` is what a person typed; empty when nothing is.
inline std::string said_of(const std::string& path, const std::string& text, Job job = good_job()) {
    if (const auto problem = apply(job, path, text)) return base::to_text({*problem});
    return base::to_text(check(job));
}

// Where a file with a name of sd-scripts is led: "optim.lr", or "model.prediction = \"velocity\"".
inline std::string led_to(const std::string& kohya) {
    Job job;
    const auto problem = apply(job, kohya, "1");
    const std::string lead = "That is sd-scripts' name; here it is ";
    if (!problem || !problem->hint.starts_with(lead)) return "nowhere";
    return problem->hint.substr(lead.size(), problem->hint.size() - lead.size() - 1);
}

// The same, set in a job as its hint says; the hint must be one that can be followed.
inline Job follow(const std::string& kohya, Job job = good_job()) {
    const auto place = led_to(kohya);
    const auto equals = place.find(" = ");
    EXPECT_NE(equals, std::string::npos) << kohya << " leads to " << place;
    auto value = place.substr(equals + 3);
    if (value.front() == '"') value = value.substr(1, value.size() - 2);
    const auto problem = apply(job, place.substr(0, equals), value);
    EXPECT_FALSE(problem) << kohya << " leads to " << place;
    return job;
}

// The settings of one section that a resumed run may find changed: those whose effect is not Results.
template <class S>
std::string harmless() {
    std::string keys;
    for (const auto& field : schema<S>().fields)
        if (!field.is_section() && field.effect != Effect::Results) keys += std::string(field.key) + " ";
    return keys;
}

}  // namespace lorikeet::settings
