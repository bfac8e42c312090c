package dev.weft.dsl.check;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Names that Python, NumPy and PyTorch have, and what is written in Weft instead. */
final class Foreign {

    private static final String RESHAPE = "a shape is changed by saying both: x as [B, (h d)] -> [B, h, d]";
    private static final String PERMUTE = "axes change places with x.T, or as: x as [a, b, c] -> [c, a, b]";
    private static final String STACK =
            "tensors are stacked by as: (a, b) as 2 * [n] -> [2, n]; a loop starts with out = zeros(…) and writes out[:, i] = x";
    private static final String NEW_AXIS = "a new axis is _: x[:, _]";
    private static final String SPLIT = "an axis is split by as: (a, b) = x as [B, (2 d)] -> 2 * [B, d]";
    private static final String CONVOLUTION =
            "it is written with slices and @, as examples/models/convolution.weft shows";
    private static final String RECURRENT = "it is written with for, as examples/models/recurrent.weft shows";
    private static final String SIZES = "sizes have names in the type, as B in f32[B, n]; size(x, 0) is one too";
    private static final String CAST = "a cast is the name of the type: f32(x)";
    private static final String AXIS_BACK = "an axis that a reduction took away is put back with [..., _]";

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("self", "a model's members are called by their names alone, without self"),
            Map.entry("torch", "tanh(x) and others are built in, nn.relu(x) and others are in nn: import nn"),
            Map.entry("F", "tanh(x) and others are built in, nn.relu(x) and others are in nn: import nn"),
            Map.entry("np", "tanh(x) and others are built in, nn.relu(x) and others are in nn: import nn"),
            Map.entry("None", NEW_AXIS),
            Map.entry("print", "values are seen by weft run --output FOLDER, or --probe PATH"),
            Map.entry("view", RESHAPE),
            Map.entry("reshape", RESHAPE),
            Map.entry("flatten", RESHAPE),
            Map.entry("transpose", PERMUTE),
            Map.entry("permute", PERMUTE),
            Map.entry("unsqueeze", NEW_AXIS),
            Map.entry("squeeze", "an axis is removed by a position: x[0]"),
            Map.entry("stack", STACK),
            Map.entry("append", STACK),
            Map.entry("cat", "tensors are joined by concat((a, b), axis)"),
            Map.entry("chunk", SPLIT),
            Map.entry("split", SPLIT),
            Map.entry("matmul", "a matrix product is a @ b"),
            Map.entry("bmm", "a matrix product is a @ b"),
            Map.entry("pow", "a power is x ** 2"),
            Map.entry("arange", "numbers in order are iota(n)"),
            Map.entry("ones", "a number stretches: zeros(n) + 1, and param w: f32[n] = 1"),
            Map.entry("randn", "initial values are normal(std), which takes the declared shape"),
            Map.entry("clamp", "write minimum(maximum(x, low), high)"),
            Map.entry("shape", SIZES),
            Map.entry("size", SIZES),
            Map.entry("float", CAST),
            Map.entry("int", CAST),
            Map.entry("to", CAST),
            Map.entry("detach", "a constant to grad is stop_gradient(x)"),
            Map.entry("backward", "gradients are taken by grad(f, wrt x)"),
            Map.entry("Conv1d", CONVOLUTION),
            Map.entry("Conv2d", CONVOLUTION),
            Map.entry("max_pool2d", CONVOLUTION),
            Map.entry("MaxPool2d", CONVOLUTION),
            Map.entry("RNN", RECURRENT),
            Map.entry("GRU", RECURRENT),
            Map.entry("LSTM", RECURRENT),
            Map.entry("Sequential", "each part is declared by its name, and one is called after the other"),
            Map.entry("Dropout", "it is a function without a part: nn.dropout(x, rate)"),
            Map.entry("ReLU", "it is a function without a part: nn.relu(x)"),
            Map.entry("GELU", "it is a function without a part: nn.gelu(x)"));

    private static final Map<String, String> ARGUMENTS = Map.of(
            "keepdim", AXIS_BACK,
            "keepdims", AXIS_BACK,
            "dim", "axes are given as axis; nn.softmax and the like go over the last one",
            "in_features", "it is called in",
            "out_features", "it is called out",
            "bias", "nn.Projection is a linear layer without a bias");

    private static final List<String> OF_NN = List.of(
            "sigmoid",
            "relu",
            "silu",
            "gelu",
            "softmax",
            "log_softmax",
            "cross_entropy",
            "dropout",
            "Linear",
            "Embedding",
            "LayerNorm");

    private Foreign() {}

    /** The diagnostic with a remedy for a name that is declared nowhere. */
    static Optional<Diagnostic> name(String name, Diagnostic diagnostic) {
        return help(name)
                .or(() -> OF_NN.contains(name)
                        ? Optional.of("it is in nn: import nn, and write nn." + name)
                        : name.equals("nn") ? Optional.of("write import nn at the beginning") : Optional.empty())
                .map(diagnostic::help);
    }

    /** The diagnostic with a remedy for a member that is not there. */
    static Optional<Diagnostic> member(String name, Diagnostic diagnostic) {
        return help(name)
                .or(() -> Stream.of(Builtin.values())
                        .filter(builtin -> builtin.text().equals(name))
                        .findFirst()
                        .map(builtin -> "it is built in: write " + name + "(x)"))
                .map(diagnostic::help);
    }

    /** The diagnostic with a remedy for an argument that a function does not take. */
    static Optional<Diagnostic> argument(String name, Diagnostic diagnostic) {
        return Optional.ofNullable(ARGUMENTS.get(name)).map(diagnostic::help);
    }

    /** What puts an axis back, for operands of which one lost its last axis. */
    static String axisBack() {
        return AXIS_BACK;
    }

    private static Optional<String> help(String name) {
        return Optional.ofNullable(WORDS.get(name));
    }
}
