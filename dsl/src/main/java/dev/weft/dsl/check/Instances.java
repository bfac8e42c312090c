package dev.weft.dsl.check;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Size;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes instances of definitions. */
final class Instances {
    private final Evaluator here;

    Instances(Evaluator here) {
        this.here = here;
    }

    /** A part as its member declares it, seen from here. */
    Optional<Instance> create(Member.Instance part, String path) {
        Type definition = here.evaluate(part.path());
        if (definition.isUnknown()) {
            return Optional.empty();
        }
        if (!(definition instanceof Type.Named named) || named.definition().kind() != DefinitionKind.MODEL) {
            here.report(Code.WRONG_KIND, part.path().span(), "part: must be a model, got " + definition.describe());
            return Optional.empty();
        }
        String label = named.definition().name().text();
        Calls.Given given = new Calls(here).given(part.arguments());
        Map<String, Calls.Value> values = given.bind(
                label,
                named.definition().parameters().stream()
                        .map(ConstantParameter::name)
                        .toList(),
                part.span());
        Map<String, Type> constants = new LinkedHashMap<>();
        for (ConstantParameter parameter : named.definition().parameters()) {
            Calls.Value value = values.get(parameter.name());
            constants.put(parameter.name(), argument(parameter, value, named, part, given));
        }
        Instance instance =
                new Instance(named.definition(), named.module(), constants, path, here.knowledge(), here.checking());
        Evaluator inside = new Evaluator(here.checking().silent(), named.module(), instance, here.knowledge());
        for (Expr constraint : named.definition().constraints()) {
            here.conditions().demand(inside.conditions().read(constraint), part.span(), label);
        }
        return Optional.of(instance);
    }

    private Type argument(
            ConstantParameter parameter,
            Calls.@Nullable Value value,
            Type.Named named,
            Member.Instance part,
            Calls.Given given) {
        if (value == null) {
            if (parameter.defaultValue() == null) {
                if (!given.open()) {
                    here.report(
                            Code.ARGUMENT_COUNT,
                            part.span(),
                            named.definition().name() + ": has no value for " + parameter.name());
                }
                return new Type.Unknown();
            }
            return new Evaluator(here.checking().silent(), named.module(), null, Knowledge.NONE)
                    .evaluate(parameter.defaultValue());
        }
        String subject = named.definition().name() + ", " + parameter.name();
        return new Calls(here).constant(parameter.kind(), value, subject);
    }

    /**
     * A definition for all values of its constants.
     *
     * @param scope of its symbols, which tells those of a bound model from those of its program
     */
    static Instance anyOf(
            Declaration.Definition definition,
            Module module,
            String path,
            int scope,
            Map<String, Type> bound,
            Checking checking) {
        Map<String, Type> constants = new LinkedHashMap<>();
        for (ConstantParameter parameter : definition.parameters()) {
            String name = parameter.name();
            Type symbol = parameter.kind() == ConstantKind.INT
                    ? new Type.Int(Size.of(new Atom.Symbol(name, scope)))
                    : parameter.kind() == ConstantKind.FLOAT
                            ? new Type.Float(null, scope + ":" + name)
                            : parameter.kind() == ConstantKind.BOOL
                                    ? new Type.Bool(null, scope + ":" + name)
                                    : new Type.Open(name);
            constants.put(name, bound.getOrDefault(name, symbol));
        }
        Instance plain = new Instance(definition, module, constants, path, Knowledge.NONE, checking);
        Evaluator inside = new Evaluator(checking.silent(), module, plain, Knowledge.NONE);
        for (Expr constraint : definition.constraints()) {
            inside.learn(inside.conditions().read(constraint), true);
        }
        return new Instance(definition, module, constants, path, inside.knowledge(), checking);
    }
}
