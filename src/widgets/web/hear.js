// What every part begins with. anywidget hears a part only when its module was loaded within two seconds; in a browser beside a
// training it can take longer, and the part would stand there for good and never change. Such a one is heard in Jupyter's own
// way, and asks for what it has missed.

const NOTHING = { content: { data: { method: "update", state: {}, buffer_paths: [] } }, buffers: [] };

const hear = ({ model }) => {
  const whole = model.set({}); // the answer of Backbone's models: what is given here shows a piece of it
  const anywidgets = Object.getPrototypeOf(whole);
  const jupyters = Object.getPrototypeOf(anywidgets)?._handle_comm_msg;
  if (!whole.comm || !jupyters || anywidgets._handle_comm_msg === jupyters) return;
  Promise.resolve(anywidgets._handle_comm_msg.call(whole, NOTHING)).catch(() => {
    whole.comm.on_msg(jupyters.bind(whole));
    whole.comm.send({ method: "request_state" }, {});
  });
};

