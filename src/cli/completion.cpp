#include "cli/completion.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace lorikeet::cli {

namespace {

std::string names_of(const std::vector<CommandWords>& commands) {
    std::vector<std::string> names;
    for (const auto& command : commands) names.push_back(command.name);
    return base::join(names, " ");
}

std::string names_of(const std::vector<OptionWords>& options) {
    std::vector<std::string> names;
    for (const auto& option : options) names.push_back(option.name);
    return base::join(names, " ");
}

std::string words(const std::string& list) {
    return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$word\"))", list);
}

// The bash line that offers what may stand in this place; empty when nothing can be offered.
std::string offer(Operand operand, const std::vector<std::string>& choices) {
    if (!choices.empty()) return words(base::join(choices, " "));
    switch (operand) {
        case Operand::File: return "COMPREPLY=($(compgen -f -- \"$word\"))";
        case Operand::Run: return "COMPREPLY=($(compgen -W \"$(ls runs 2>/dev/null)\" -- \"$word\"))";
        case Operand::Word: return "COMPREPLY=()";
        case Operand::None: return "";
    }
    return "";
}

std::string bash_command(const CommandWords& command) {
    std::string text = fmt::format("    {})\n      case \"$before\" in\n", command.name);
    for (const auto& option : command.options) {
        if (option.name == "--set") {
            text +=
                "        --set) COMPREPLY=($(compgen -W \"$settings\" -S= -- \"$word\")); compopt -o "
                "nospace; return ;;\n";
            continue;
        }
        const std::string line = offer(option.operand, option.choices);
        if (!line.empty()) text += fmt::format("        {}) {}; return ;;\n", option.name, line);
    }
    text += "      esac\n";
    text += fmt::format("      if [[ \"$word\" == -* ]]; then {}; return; fi\n",
                        words(names_of(command.options)));
    const std::string line = offer(command.operand, command.choices);
    if (!line.empty()) text += "      " + line + "\n";
    return text + "      ;;\n";
}

// Quotes, colons and brackets mean something to _arguments.
std::string zsh_quoted(std::string text) {
    for (const auto& [from, to] : {std::pair{"'", ""}, {"[", "("}, {"]", ")"}, {":", "\\:"}})
        text = base::replace_all(std::move(text), from, to);
    return text;
}

std::string zsh_action(Operand operand, const std::vector<std::string>& choices) {
    if (!choices.empty()) return fmt::format("({})", base::join(choices, " "));
    switch (operand) {
        case Operand::File: return "_files";
        case Operand::Run: return "_files -W runs -/";
        case Operand::Word:
        case Operand::None: return "";
    }
    return "";
}

std::string zsh_command(const CommandWords& command) {
    std::string text = fmt::format("    {})\n      _arguments \\\n", command.name);
    for (const auto& option : command.options) {
        std::string line = fmt::format("'*{}[{}]", option.name, zsh_quoted(option.what));
        if (option.name == "--set")
            line += ":setting:_lorikeet_setting";
        else if (option.operand != Operand::None || !option.choices.empty())
            line += fmt::format(":value:{}", zsh_action(option.operand, option.choices));
        text += "        " + line + "' \\\n";
    }
    const std::string rest = zsh_action(command.operand, command.choices);
    text += rest.empty() ? "        && return\n" : fmt::format("        '*:what:{}' && return\n", rest);
    return text + "      ;;\n";
}

}  // namespace

std::string bash_completion(const std::vector<CommandWords>& commands,
                            const std::vector<std::string>& settings) {
    std::string text = fmt::format(
        "# bash completion for lorikeet. Use: source <(lorikeet completion bash)\n"
        "_lorikeet() {{\n"
        "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" before=\"${{COMP_WORDS[COMP_CWORD-1]}}\"\n"
        "  local settings='{}'\n"
        "  COMPREPLY=()\n"
        "  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W '{} --help --version' -- \"$word\")); "
        "return; fi\n"
        "  case \"${{COMP_WORDS[1]}}\" in\n",
        base::join(settings, " "), names_of(commands));
    for (const auto& command : commands) text += bash_command(command);
    return text + "  esac\n}\ncomplete -o filenames -F _lorikeet lorikeet\n";
}

std::string zsh_completion(const std::vector<CommandWords>& commands,
                           const std::vector<std::string>& settings) {
    std::string text = fmt::format(
        "#compdef lorikeet\n"
        "# zsh completion for lorikeet. Use: source <(lorikeet completion zsh)\n"
        "_lorikeet_setting() {{ local -a all=({}); compadd -S= -a all }}\n"
        "_lorikeet() {{\n  local -a commands=(\n",
        base::join(settings, " "));
    for (const auto& command : commands)
        text += fmt::format("    '{}:{}'\n", command.name, zsh_quoted(command.what));
    text +=
        "  )\n"
        "  if (( CURRENT == 2 )); then _describe 'command' commands; return; fi\n"
        "  local command=$words[2]\n"
        "  shift words; (( CURRENT-- ))\n"
        "  case $command in\n";
    for (const auto& command : commands) text += zsh_command(command);
    return text + "  esac\n}\ncompdef _lorikeet lorikeet\n";
}

}  // namespace lorikeet::cli
