# shellcheck shell=bash
# JupyterLab in an environment of the project, Lorikeet's kernel in it, and the notebook opened.

NOTEBOOK=$ROOT/.venv/notebook

# install_notebook PYTHON   The pinned wheels are those of CPython 3.11; another Python gets the same versions.
install_notebook() {
    local python=$1 pins=$ROOT/notebooks/requirements.txt hashes=(--require-hashes --only-binary=:all:)
    rm -rf "$NOTEBOOK"
    "$python" -m venv --without-pip "$NOTEBOOK" || return 1
    if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
        sed 's/ --hash=.*//' "$pins" >"$NOTEBOOK/pins.txt"
        pins=$NOTEBOOK/pins.txt hashes=()
    fi
    "$python" -m pip --python "$NOTEBOOK/bin/python" install --no-cache-dir --no-deps "${hashes[@]}" \
        --disable-pip-version-check --root-user-action=ignore --progress-bar off -r "$pins" || return 1
    # No question about news on the first page.
    "$NOTEBOOK/bin/jupyter" labextension disable @jupyterlab/apputils-extension:announcements || return 1
    sha256sum "$ROOT/notebooks/requirements.txt" | cut -d' ' -f1 >"$NOTEBOOK/stamp"
    du -sm "$NOTEBOOK" | awk '{print $1 " MB"}' >&3
}

# What is on the page belongs to the file: saved every ten seconds, a page that is reloaded comes back as it was.
save_often() {
    local settings=$NOTEBOOK/share/jupyter/lab/settings
    mkdir -p "$settings"
    echo '{"@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 10}}' >"$settings/overrides.json"
}

ensure_notebook() {
    local stamp python
    stamp=$(sha256sum notebooks/requirements.txt | cut -d' ' -f1)
    [ "$(cat "$NOTEBOOK/stamp" 2>/dev/null)" != "$stamp" ] || return 0
    python=${LORIKEET_NOTEBOOK_PYTHON:-$(python_with_pip)}
    need_space "$ROOT/.venv" 600 "JupyterLab"
    step "JupyterLab" "Check the network and run ./run notebook again." install_notebook "$python"
}

# port_taken PORT   whether something listens there.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port that nobody listens at, from 8888 on.
free_port() {
    local port
    for port in {8888..8987}; do
        if ! port_taken "$port"; then
            echo "$port"
            return
        fi
    done
    stop "The ports 8888 to 8987 are all taken." "Choose another one: ./run notebook --port N."
}

# Before anything is set up: a port that cannot be had is no news for later.
check_port() {
    if ! [[ $1 =~ ^[0-9]{1,5}$ ]] || [ "$1" -lt 1 ] || [ "$1" -gt 65535 ]; then
        stop "--port needs a number from 1 to 65535${1:+, not \"$1\"}." "For example: ./run notebook --port 8890."
    fi
    if port_taken "$1"; then
        stop "Port $1 is already in use, perhaps by a notebook that is still open." \
            "Close that one, choose another port with --port N, or leave --port out: then a free one is found."
    fi
}

# Until the server answers to our token, at most a minute: another one at the same port would refuse it.
wait_for_server() {
    local pid=$1 url=$2 waited=0
    until "$NOTEBOOK/bin/python" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' "$url" 2>/dev/null; do
        kill -0 "$pid" 2>/dev/null && [ $waited -lt 120 ] || return 1
        waited=$((waited + 1))
        sleep 0.5
    done
    kill -0 "$pid" 2>/dev/null
}

notebook_usage() {
    cat <<'TEXT'
./run notebook [--no-browser] [--port N] [--ip ADDRESS] [-- more options of jupyter lab]

Opens the notebook in the folder `work`, with Dataset_Maker.ipynb beside it for the images; LORIKEET_WORK=FOLDER names
another folder.

On another machine, over ssh:   ssh -L 8888:127.0.0.1:8888 USER@MACHINE, then there: ./run notebook --no-browser --port 8888
In a container (Docker, RunPod, Vast.ai):   ./run notebook --no-browser --ip 0.0.0.0 --port 8888, with port 8888 exposed
Either way, open the address that is printed. Whoever has it, token included, can use the machine.
TEXT
}

# outside_address PORT IP   the address under which a browser elsewhere reaches a server in a container, as far as it is known:
# RunPod and Vast.ai say theirs in the environment. Nothing for a server that only this machine can reach.
outside_address() {
    local port=$1 ip=$2 mapped=VAST_TCP_PORT_$1
    case $ip in
        127.* | localhost | ::1) return ;;
    esac
    if [ -n "${RUNPOD_POD_ID:-}" ]; then
        echo "https://$RUNPOD_POD_ID-$port.proxy.runpod.net"
    elif [ -n "${PUBLIC_IPADDR:-}" ] && [ -n "${!mapped:-}" ]; then
        echo "http://$PUBLIC_IPADDR:${!mapped}"
    elif [ "$ip" = 0.0.0.0 ] || [ "$ip" = "*" ] || [ "$ip" = :: ]; then
        ip=$(hostname -I 2>/dev/null | cut -d' ' -f1)
        echo "http://${ip:-127.0.0.1}:$port"
    else
        echo "http://$ip:$port"
    fi
}

# The address of the server for this machine itself.
inside_address() {
    case $2 in
        0.0.0.0 | "*" | :: | ::1 | localhost) echo "http://127.0.0.1:$1" ;;
        *) echo "http://$2:$1" ;;
    esac
}

# say_where PORT IP PATH
say_where() {
    local port=$1 path=$3 outside inside
    inside=$(inside_address "$1" "$2")
    outside=$(outside_address "$port" "$2")
    say "The notebook is at  ${outside:-$inside}$path"
    case $outside in
        https://*.proxy.runpod.net)
            say "  RunPod: add $port to the pod's \"Expose HTTP Ports\" if that address does not answer."
            ;;
        *)
            # On a desktop the browser opens by itself, and there is nothing to explain.
            if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -z "$outside" ]; then return; fi
            say "  From another computer: ssh -L $port:127.0.0.1:$port USER@THIS_MACHINE, then open  $inside$path"
            ;;
    esac
    [ -n "$outside" ] || [ ! -e /.dockerenv ] ||
        say "  In a container: start it with --ip 0.0.0.0 and expose port $port (docker run -p $port:$port)."
}

# serve PORT ADDRESS BROWSER MORE...   ends when the server ends
serve() {
    local port=$1 ip=$2 browser=$3 token path pid inside outside words=() log=$LOGS/notebook.log
    shift 3
    inside=$(inside_address "$port" "$ip")
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    path="/lab/tree/Lora_Trainer.ipynb?token=$token"
    [ "$(id -u)" -ne 0 ] || words+=(--allow-root) # in most containers everybody is root
    outside=$(outside_address "$port" "$ip")
    [ -z "$outside" ] || words+=("--ServerApp.allow_origin=$outside") # a proxy changes the host that the server sees
    mkdir -p "$LOGS"
    "$NOTEBOOK/bin/jupyter" lab --no-browser "--ServerApp.ip=$ip" "--ServerApp.port=$port" --ServerApp.port_retries=0 \
        "--ServerApp.root_dir=$WORK" "--IdentityProvider.token=$token" --ServerApp.answer_yes=True "${words[@]}" "$@" \
        >"$log" 2>&1 &
    pid=$!
    trap 'kill -TERM $pid 2>/dev/null || true' INT TERM HUP
    wait_for_server "$pid" "$inside/api/kernelspecs?token=$token" ||
        stop "JupyterLab did not start: $(cause_in "$log")" "The whole log: ${log#"$ROOT"/}"
    say_where "$port" "$ip" "$path"
    say "  Dataset_Maker.ipynb, in the list of files beside it, collects the images."
    say "Ctrl-C here closes it. A training goes on, and is there again when you come back."
    [ "$browser" = no ] || "$NOTEBOOK/bin/python" -m webbrowser "$inside$path" >/dev/null 2>&1 || true
    while kill -0 "$pid" 2>/dev/null; do wait "$pid" || true; done
}

open_notebook() {
    local port="" ip=127.0.0.1 browser=yes
    while [ $# -gt 0 ]; do
        case $1 in
            --no-browser) browser=no ;;
            --port | --ip)
                if [ "$1" = --port ]; then port=${2:-} && check_port "$port"; else ip=${2:-}; fi
                [ -n "${2:-}" ] || stop "$1 needs an address." "For example: ./run notebook --ip 0.0.0.0."
                shift
                ;;
            --port=*) port=${1#*=} && check_port "$port" ;;
            --ip=*) ip=${1#*=} ;;
            --) shift && break ;;
            -h | --help) notebook_usage && return ;;
            *) stop "./run notebook does not know \"$1\"." "./run notebook --help shows what it takes." ;;
        esac
        shift
    done
    WORK=$(realpath -m "${LORIKEET_WORK:-$ROOT/work}")
    fetch_all
    build "${PROGRAMS[@]}"
    ensure_notebook
    save_often
    "$BUILD/lorikeet" install-kernel --prefix "$NOTEBOOK" >/dev/null
    mkdir -p "$WORK"
    # Copies to work in, so that what is saved with them stays out of the checkout.
    local notebook
    for notebook in notebooks/*.ipynb; do
        [ -e "$WORK/${notebook##*/}" ] || cp "$notebook" "$WORK/"
    done
    serve "${port:-$(free_port)}" "$ip" "$browser" "$@"
}

# ---- what the tests of it need

install_notebook_tests() {
    local site=$ROOT/.venv/notebook-tests
    rm -rf "$site.new"
    python3 -m pip install --no-cache-dir --no-deps --require-hashes --only-binary=:all: --disable-pip-version-check \
        --root-user-action=ignore --progress-bar off --target "$site.new" -r tests/notebook/requirements.txt || return 1
    rm -rf "$site"
    mv "$site.new" "$site"
    sha256sum tests/notebook/requirements.txt | cut -d' ' -f1 >"$site/stamp"
    du -sm "$site" | awk '{print $1 " MB"}' >&3
}

# Tests of the notebook are skipped, not failed, on a machine that cannot get what they need.
ensure_notebook_tests() {
    local stamp missing as_root
    stamp=$(sha256sum tests/notebook/requirements.txt | cut -d' ' -f1)
    (ensure_notebook) || say "  note    without JupyterLab the tests of the notebook are skipped"
    [ "$(cat .venv/notebook-tests/stamp 2>/dev/null)" = "$stamp" ] ||
        (step "tests of the notebook" "Check the network." install_notebook_tests) ||
        say "  note    without these packages the tests of the notebook are skipped"
    mapfile -t missing < <(missing_packages cmake/apt-browser.txt)
    [ ${#missing[@]} -gt 0 ] || return 0
    # Nobody is asked for a password for the sake of a test.
    if as_root=$(root_words) && [ -z "$as_root" ]; then
        (step "a browser for the tests" "Check the network." install_packages "" "$APT_UPDATE" "${missing[@]}") && return 0
    fi
    say "  note    without ${missing[*]} the tests in a browser are skipped"
}
