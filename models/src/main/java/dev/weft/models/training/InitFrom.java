package dev.weft.models.training;

import dev.weft.models.names.Rename;
import java.util.List;

/**
 * Where the initial parameters of a run come from, if not from its program.
 *
 * @param model a run, a checkpoint or a Hugging Face folder
 * @param renames names of its tensors in the program; the first that fits a name counts
 * @param partial whether tensors of the program that it does not have may keep the program's initial values, and those of it that the
 *     program does not have may be left out
 */
public record InitFrom(String model, List<Rename> renames, boolean partial) {

    public InitFrom {
        renames = List.copyOf(renames);
    }

    /** All tensors, under the names that they have. */
    public static InitFrom of(String model) {
        return new InitFrom(model, List.of(), false);
    }
}
