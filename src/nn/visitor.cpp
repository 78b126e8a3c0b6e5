#include "nn/visitor.hpp"

namespace lorikeet::nn {

void Visitor::layer(const std::string&, Linear&) {}
void Visitor::layer(const std::string&, Conv2d&) {}

std::string Visitor::path(std::string_view name) const {
    if (prefix_.empty()) return std::string(name);
    return name.empty() ? prefix_ : prefix_ + "." + std::string(name);
}

Visitor::Scope::Scope(Visitor& visitor, std::string_view name) : Scope(visitor, name, visitor.part()) {}

Visitor::Scope::Scope(Visitor& visitor, std::string_view name, BlockKind part)
    : visitor_(visitor), length_(visitor.prefix_.size()) {
    visitor.prefix_ = visitor.path(name);
    visitor.parts_.push_back(part);
}

Visitor::Scope::~Scope() {
    visitor_.prefix_.resize(length_);
    visitor_.parts_.pop_back();
}

}  // namespace lorikeet::nn
