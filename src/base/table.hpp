// A table of rows, each the whole of what is known of one thing (a family, a process, a kind of adapter, a page), and the
// tests' way to add a row of their own for a while.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <vector>

#include "base/error.hpp"

namespace lorikeet::base {

// Rows live longer than the table, and are known by their address.
template <class Row>
class Table {
  public:
    Table(std::initializer_list<const Row*> rows) : rows_(rows) {}
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    std::span<const Row* const> rows() const { return rows_; }

    // The first row of which `is` is true; nullptr when there is none.
    template <class Is>
    const Row* find(const Is& is) const {
        const auto found =
            std::find_if(rows_.begin(), rows_.end(), [&](const auto* row) { return is(*row); });
        return found == rows_.end() ? nullptr : *found;
    }

  private:
    template <class>
    friend class ScopedRow;
    std::vector<const Row*> rows_;
};

// One row more, before all others, for as long as this lives: for tests, in one thread and with nothing else going on. The
// last that came is asked first, and any of them may go first.
template <class Row>
class ScopedRow {
  public:
    // Throws Error{Internal} for a row that is there already.
    ScopedRow(Table<Row>& table, const Row& row) : table_(table), row_(row) {
        expects(table_.find([&](const Row& one) { return &one == &row; }) == nullptr,
                "a row is in its table once");
        table_.rows_.insert(table_.rows_.begin(), &row_);
    }
    ~ScopedRow() { std::erase(table_.rows_, &row_); }
    ScopedRow(const ScopedRow&) = delete;
    ScopedRow& operator=(const ScopedRow&) = delete;

  private:
    Table<Row>& table_;
    const Row& row_;
};

}  // namespace lorikeet::base
