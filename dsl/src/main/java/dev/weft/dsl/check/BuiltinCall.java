package dev.weft.dsl.check;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.size.Size;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The arguments of one call of a built-in function, and what goes wrong with them. */
record BuiltinCall(Evaluator here, Builtin builtin, Calls.Given given, Span span, Map<String, Calls.Value> values) {

    static BuiltinCall of(Evaluator here, Builtin builtin, Calls.Given given, Span span) {
        Map<String, Calls.Value> values = builtin.parameters().isEmpty()
                ? new LinkedHashMap<>()
                : given.bind(builtin.text(), builtin.parameters(), span);
        return new BuiltinCall(here, builtin, given, span, values);
    }

    Type type(String parameter) {
        return value(parameter).type();
    }

    Span at(String parameter) {
        return value(parameter).span();
    }

    Calls.Value value(String parameter) {
        Calls.@Nullable Value value = values.get(parameter);
        return value == null ? new Calls.Value(new Type.Unknown(), span) : value;
    }

    Type wrong(String parameter, String expected) {
        return here.report(
                Code.WRONG_KIND,
                at(parameter),
                builtin.text() + ": expected " + expected + ", got "
                        + type(parameter).describe());
    }

    Optional<Type.Tensor> tensor(String parameter) {
        if (type(parameter) instanceof Type.Tensor tensor) {
            return Optional.of(tensor);
        }
        wrong(parameter, "a tensor");
        return Optional.empty();
    }

    Optional<Size> size(Type type, Span at) {
        if (type instanceof Type.Int constant) {
            if (constant.size().constant().orElse(0) < 0) {
                here.report(
                        Code.VIOLATED, at, builtin.text() + ": a size must not be negative, got " + constant.size());
                return Optional.empty();
            }
            return Optional.of(constant.size());
        }
        here.report(Code.NOT_CONSTANT, at, builtin.text() + ": a size must be an int constant, got " + type.describe());
        return Optional.empty();
    }
}
