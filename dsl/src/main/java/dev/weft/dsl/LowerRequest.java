package dev.weft.dsl;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.graph.UserException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to lower to one program.
 *
 * @param model missing for programs that need none
 * @param optimizer missing for programs that need none
 * @param programs the generic programs whose entries can be asked for; the first one that has an entry provides it
 */
public record LowerRequest(
        @Nullable Choice model, @Nullable Choice optimizer, List<Choice> programs, List<EntryRequest> entries) {

    public LowerRequest {
        programs = List.copyOf(programs);
        entries = List.copyOf(entries);
    }

    /**
     * A definition and its constants.
     *
     * @param constants as text, {@code width=128}; those that are left out take their defaults
     */
    public record Choice(Module module, Declaration.Definition definition, Map<String, String> constants) {
        public Choice {
            constants = Map.copyOf(constants);
        }

        /** The last definition of a kind in a file: what a command that is given the file uses. */
        public static Choice last(Module module, DefinitionKind kind, Map<String, String> constants) {
            Declaration.Definition definition = module.file()
                    .last(kind)
                    .orElseThrow(() -> new UserException("%s: must declare %s %s, but has none"
                            .formatted(module.name(), kind == DefinitionKind.OPTIMIZER ? "an" : "a", kind)));
            return new Choice(module, definition, constants);
        }
    }
}
