package dev.weft.models.training;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.Program;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a model's {@code loss}, by what they are for: tensors come from the data, scalars are options of the training.
 *
 * @param data names of the tensors and how they are declared
 * @param options names of the scalars
 * @param required those scalars that have no default
 */
record LossArguments(Map<String, TypeExpr.Tensor> data, List<String> options, List<String> required) {

    /** The scalar that is a rate of dropout, whatever the model does with it. */
    private static final String RATE = "drop";

    /** @throws UserException if the program has no loss to train by */
    static LossArguments of(Program program) {
        Declaration.Function loss = program.function("loss")
                .orElseThrow(
                        () -> new UserException(
                                program.name()
                                        + ": must have a function loss(…) -> (f32[], f32[]) in its last model to be trained; it has none"));
        Map<String, TypeExpr.Tensor> data = new LinkedHashMap<>();
        List<String> options = new ArrayList<>();
        List<String> required = new ArrayList<>();
        for (Parameter parameter : loss.parameters()) {
            if (!(parameter.type() instanceof TypeExpr.Tensor tensor)) {
                continue;
            }
            if (tensor.rest() || !tensor.sizes().isEmpty()) {
                data.put(parameter.name(), tensor);
                continue;
            }
            options.add(parameter.name());
            if (parameter.defaultValue() == null) {
                required.add(parameter.name());
            }
        }
        return new LossArguments(data, options, required);
    }

    /** The tensors as they are declared, for messages: {@code x: f32[B, features]}. */
    List<String> wanted() {
        return data.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue().span().text())
                .toList();
    }

    /**
     * Checks the scalars that were given.
     *
     * @throws UserException naming one that the loss does not take, one that it must have, or one that is out of range
     */
    void requireOptions(Program program, Map<String, Double> given) {
        for (String name : given.keySet()) {
            if (!options.contains(name)) {
                throw new UserException("option %s: is no scalar of the loss of %s, which takes %s"
                        .formatted(name, program.name(), options.isEmpty() ? "none" : options));
            }
        }
        for (String name : required) {
            if (!given.containsKey(name)) {
                throw new UserException("option %s: must be given; it is a scalar of the loss of %s without a default"
                        .formatted(name, program.name()));
            }
        }
        given.forEach(LossArguments::requireRange);
    }

    private static void requireRange(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new RangeException("%s: must be a number, got %s".formatted(name, value));
        }
        if (name.equals(RATE) && !(value >= 0 && value < 1)) {
            throw new RangeException(
                    "%s: must be from 0 to less than 1, the part that is left out, got %s".formatted(name, value));
        }
    }

    /**
     * The call sizes that tensors of these types bring.
     *
     * @param types by name, with as many rows as a batch has
     * @param constants names that are constants of the model and no call sizes
     */
    Map<String, Long> sizes(Map<String, TensorType> types, Set<String> constants) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        data.forEach((name, declared) -> {
            TensorType type = types.get(name);
            int leading = type == null ? 0 : type.rank() - declared.sizes().size();
            for (int axis = 0;
                    type != null && leading >= 0 && axis < declared.sizes().size();
                    axis++) {
                if (declared.sizes().get(axis) instanceof Expr.Name symbol && !constants.contains(symbol.text())) {
                    sizes.putIfAbsent(symbol.text(), type.size(leading + axis));
                }
            }
        });
        return sizes;
    }
}
