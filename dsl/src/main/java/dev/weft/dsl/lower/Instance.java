package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A definition with its constants, and its parts: storage and instances. Equal only to itself. */
final class Instance {

    /** What makes two instances alike, so that they share compiled functions. */
    record Shape(int definition, List<Object> constants, boolean frozen) {
        Shape {
            constants = List.copyOf(constants);
        }
    }

    private final Unit unit;
    private final Session session;
    private final Declaration.Definition definition;
    private final String path;
    private final boolean frozen;
    private final Map<String, Val> members = new LinkedHashMap<>();
    private final Map<String, Declaration.Constant> lets = new LinkedHashMap<>();
    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Object> signature = new ArrayList<>();

    Instance(Unit unit, Session session, Declaration.Definition definition, String path, boolean frozen) {
        this.unit = unit;
        this.session = session;
        this.definition = definition;
        this.path = path;
        this.frozen = frozen;
        for (Member member : definition.members()) {
            if (member instanceof Declaration.Constant constant) {
                lets.put(constant.name().text(), constant);
            }
        }
    }

    Unit unit() {
        return unit;
    }

    Declaration.Definition definition() {
        return definition;
    }

    /** Its place in the tree, empty at the root. */
    String path() {
        return path;
    }

    boolean frozen() {
        return frozen;
    }

    /** The path of a part of this instance. */
    String child(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Sets a parameter; those decide what is compiled. */
    void parameter(String name, Val value) {
        members.put(name, value);
        signature.add(value instanceof Val.Part part ? part.instance() : value);
    }

    void member(String name, Val value) {
        members.put(name, value);
    }

    /** Adds stored tensors below this instance. */
    void add(List<Leaf> more) {
        leaves.addAll(more);
    }

    /** All stored tensors below, in the order of declaration, depth first. */
    List<Leaf> leaves() {
        return leaves;
    }

    Shape shape() {
        return new Shape(session.id(definition), signature, frozen);
    }

    /** A constant, a part, a place or a method. */
    Optional<Val> find(String name) {
        Val member = members.get(name);
        if (member != null) {
            return Optional.of(member);
        }
        if (lets.containsKey(name)) {
            return Optional.of(constant(lets.get(name)));
        }
        return definition.method(name).map(method -> new Val.Method(unit, this, method));
    }

    private Val constant(Declaration.Constant constant) {
        Object active = List.of(session.id(constant), path);
        session.enter(active, constant.span(), constant.name().text());
        Val value = Evaluator.constants(session, Scope.of(unit, this)).known(constant.value());
        session.leave(active);
        members.put(constant.name().text(), value);
        return value;
    }

    Map<String, Val> members() {
        return members;
    }

    /** Names of its members, for messages. */
    List<String> names() {
        List<String> names = new ArrayList<>(members.keySet());
        names.addAll(lets.keySet());
        for (Member member : definition.members()) {
            if (member instanceof Declaration.Function function && function.name() != null) {
                names.add(function.name().text());
            }
        }
        return names;
    }
}
