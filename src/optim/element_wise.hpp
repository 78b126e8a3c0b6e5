// Rules that treat every number alike, whatever tensor it is in. Parameters that lie one behind another (tensor/flat.hpp) are
// moved as one tensor, a stretch; what the rule keeps for them lies the same way, and so do their gradients once they are
// gathered. A step is then a handful of operations for any number of layers.
//
// A parameter without a gradient is not in a stretch: nothing of it moves, decays or is counted. The numbers are those of tensors
// moved one by one, bit for bit.
//
// A rule to come names the averages that it keeps and says how stretches move.
// Dtype    what is kept is float32. Parameters of less have a master in float32, which is moved and then rounded into them.
// Init     averages 0, made at a parameter's first gradient, so a model that is never trained costs nothing.
// Throws   Error{InvalidInput} for parameters that are no floating point numbers; Error{Corrupt} for a state that does not fit.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "optim/optimizer.hpp"

namespace lorikeet::optim {

class ElementWise : public Optimizer {
  public:
    void step(double rate) final;
    void step_queued(const at::Tensor& rates, const at::Tensor& broken) final;
    bool can_be_recorded() const override { return true; }
    Gradients gather() final;
    void zero_grad() final;
    std::uint64_t arrangement() const final { return arrangement_; }

    // "<parameter>.<average>", ".step", and ".master" of parameters that are not float32.
    tensor::NamedTensors state() const final;
    void load_state(const tensor::NamedTensors& state) final;
    std::int64_t state_bytes() const final;

    // Numbers of a stretch at the most: gradients are gathered so many at a time, which is what that takes beyond them.
    static constexpr std::int64_t kLongest = std::int64_t{1} << 22;

  protected:
    // Stretches of one group, side by side; all float32.
    struct Rows {
        std::vector<at::Tensor> weights, gradients;
        std::vector<std::vector<at::Tensor>> averages;  // in the order of their names, one list each
        std::vector<at::Tensor> steps;                  // [], this one counted
    };

    ElementWise(std::vector<ParamGroup> groups, std::vector<std::string> averages);
    virtual void move(const Rows& rows, double lr) = 0;
    // The same for a GPU: lr [], and `broken` [] is 1 where nothing is to move.
    virtual void move_queued(const Rows& rows, const at::Tensor& lr, const at::Tensor& broken) = 0;

  private:
    // A parameter, and what is kept for it: nothing before its first gradient.
    struct Place {
        std::size_t group;
        std::string name;
        at::Tensor parameter;
        std::vector<at::Tensor> kept;  // averages, then the master, in the parameter's shape
        at::Tensor steps;              // [] float32, one for all parameters of a stretch

        bool is_kept() const { return steps.defined(); }
    };
    struct Stretch {
        std::size_t first, end;  // of places_
        at::Tensor parameter, steps;
        std::vector<at::Tensor> kept;
        std::vector<std::int64_t> counts;
    };
    using Places = std::vector<Place>;
    // Whether the second of two neighbours may go on where the first is.
    using GoesOn = std::function<bool(std::size_t, std::size_t)>;

    std::vector<std::string> names_of(const Place& place) const;
    static std::vector<std::size_t> ends_of(const Places& places, const std::vector<bool>& wanted,
                                            const GoesOn& goes_on);
    void make_kept(Places& places, std::size_t first, std::size_t end) const;
    void arrange(const std::vector<bool>& moved);
    void make_stretches(const std::vector<bool>& moved);
    void part_steps();
    at::Tensor gather(const Stretch& stretch) const;
    template <class Move>
    void move_groups(const Move& move);

    std::vector<std::string> averages_;
    Places places_;            // of all groups, in order
    std::vector<bool> moved_;  // those that stretches_ are made of
    std::vector<Stretch> stretches_;
    std::vector<at::Tensor> gathered_;  // beside stretches_; empty before gather()
    std::uint64_t arrangement_ = 0;
};

}  // namespace lorikeet::optim
