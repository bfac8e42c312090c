package dev.weft.cli;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Classes in which what the compiler leaves to the JVM's start is written out: {@code equals} and {@code hashCode} of records, and
 * switches over types. The JVM makes code for each of them when it first runs, in every process anew, since its archive keeps none of it:
 * some four hundred small classes where a training step is compiled. Written out they do the same, and are in the archive.
 */
final class PlainClasses {

    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
    private static final ClassDesc RECORDS = ClassDesc.of("java.lang.runtime.ObjectMethods");
    private static final ClassDesc SWITCHES = ClassDesc.of("java.lang.runtime.SwitchBootstraps");
    private static final MethodTypeDesc EQUALS =
            MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object);
    private static final MethodTypeDesc HASH = MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object);

    private final ClassFile classes;
    private final ClassModel old;
    private final Map<String, Added> added = new LinkedHashMap<>();

    /** A static method that the class gets. */
    private record Added(MethodTypeDesc type, Body body) {}

    /** What writes the code of one. */
    private interface Body {
        void write(CodeBuilder code);
    }

    private PlainClasses(ClassFile classes, ClassModel old) {
        this.classes = classes;
        this.old = old;
    }

    /** A class as it is, or with such parts written out; {@code types} knows the classes that it refers to. */
    static byte[] of(byte[] bytes, ClassHierarchyResolver types) {
        ClassFile classes = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(types));
        PlainClasses plain = new PlainClasses(classes, classes.parse(bytes));
        Set<MethodModel> touched = plain.touched();
        return touched.isEmpty() ? bytes : plain.written(touched);
    }

    private Set<MethodModel> touched() {
        Set<MethodModel> touched = new HashSet<>();
        for (MethodModel method : old.methods()) {
            method.code().ifPresent(code -> {
                for (CodeElement element : code) {
                    if (element instanceof InvokeDynamicInstruction call && isPlain(call)) {
                        touched.add(method);
                    }
                }
            });
        }
        return touched;
    }

    private byte[] written(Set<MethodModel> touched) {
        ClassTransform bodies = ClassTransform.transformingMethodBodies(touched::contains, (code, element) -> {
            if (element instanceof InvokeDynamicInstruction call && isPlain(call)) {
                code.invokestatic(here(), add(call), call.typeSymbol(), isInterface());
            } else {
                code.with(element);
            }
        });
        return classes.transformClass(
                old,
                bodies.andThen(
                        ClassTransform.endHandler(builder -> added.forEach((name, method) -> builder.withMethodBody(
                                name,
                                method.type(),
                                ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
                                method.body()::write)))));
    }

    private ClassDesc here() {
        return old.thisClass().asSymbol();
    }

    private boolean isInterface() {
        return old.flags().has(AccessFlag.INTERFACE);
    }

    private static boolean isPlain(InvokeDynamicInstruction call) {
        ClassDesc owner = call.bootstrapMethod().owner();
        String name = call.name().stringValue();
        return owner.equals(RECORDS) && (name.equals("equals") || name.equals("hashCode"))
                || owner.equals(SWITCHES)
                        && name.equals("typeSwitch")
                        && call.bootstrapArgs().stream().allMatch(PlainClasses::isReference);
    }

    /** Whether a label is a class; others are strings, numbers and constants of enumerations. */
    private static boolean isReference(ConstantDesc label) {
        return label instanceof ClassDesc type && !type.isPrimitive();
    }

    /** The name of the method that does what a call does. */
    private String add(InvokeDynamicInstruction call) {
        MethodTypeDesc type = call.typeSymbol();
        List<ConstantDesc> arguments = call.bootstrapArgs();
        String kind = call.name().stringValue();
        Body body =
                switch (kind) {
                    case "equals" -> code -> equals(code, fields(arguments));
                    case "hashCode" -> code -> hash(code, fields(arguments));
                    default -> code -> typeSwitch(code, arguments);
                };
        String name = "weft$" + kind + "$" + added.size();
        added.put(name, new Added(type, body));
        return name;
    }

    /** The fields of a record in the arguments of {@link java.lang.runtime.ObjectMethods#bootstrap}: behind its class and their names. */
    private static List<DirectMethodHandleDesc> fields(List<ConstantDesc> arguments) {
        List<DirectMethodHandleDesc> fields = new ArrayList<>();
        for (ConstantDesc getter : arguments.subList(2, arguments.size())) {
            fields.add((DirectMethodHandleDesc) getter);
        }
        return fields;
    }

    private static void read(CodeBuilder code, int slot, DirectMethodHandleDesc field) {
        code.aload(slot).getfield(field.owner(), field.methodName(), type(field));
    }

    private static ClassDesc type(DirectMethodHandleDesc getter) {
        return getter.invocationType().returnType();
    }

    private void equals(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
        Label differ = code.newLabel();
        Label same = code.newLabel();
        code.aload(0).aload(1).if_acmpeq(same);
        code.aload(1).instanceOf(here()).ifeq(differ);
        code.aload(1).checkcast(here()).astore(2);
        for (DirectMethodHandleDesc field : fields) {
            read(code, 0, field);
            read(code, 2, field);
            ClassDesc type = type(field);
            switch (TypeKind.from(type)) {
                case REFERENCE -> code.invokestatic(OBJECTS, "equals", EQUALS).ifeq(differ);
                case LONG -> code.lcmp().ifne(differ);
                case FLOAT, DOUBLE ->
                    code.invokestatic(box(type), "compare", compare(type)).ifne(differ);
                case BOOLEAN, BYTE, CHAR, INT, SHORT -> code.if_icmpne(differ);
                case VOID -> throw new IllegalStateException("a field of no type");
            }
        }
        code.labelBinding(same).iconst_1().ireturn();
        code.labelBinding(differ).iconst_0().ireturn();
    }

    private static void hash(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
        code.iconst_0();
        for (DirectMethodHandleDesc field : fields) {
            code.bipush(31).imul();
            read(code, 0, field);
            ClassDesc type = type(field);
            if (type.isPrimitive()) {
                code.invokestatic(box(type), "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, type));
            } else {
                code.invokestatic(OBJECTS, "hashCode", HASH);
            }
            code.iadd();
        }
        code.ireturn();
    }

    private static MethodTypeDesc compare(ClassDesc type) {
        return MethodTypeDesc.of(ConstantDescs.CD_int, type, type);
    }

    private static ClassDesc box(ClassDesc primitive) {
        return switch (TypeKind.from(primitive)) {
            case BOOLEAN -> ConstantDescs.CD_Boolean;
            case BYTE -> ConstantDescs.CD_Byte;
            case CHAR -> ConstantDescs.CD_Character;
            case SHORT -> ConstantDescs.CD_Short;
            case INT -> ConstantDescs.CD_Integer;
            case LONG -> ConstantDescs.CD_Long;
            case FLOAT -> ConstantDescs.CD_Float;
            case DOUBLE -> ConstantDescs.CD_Double;
            case REFERENCE, VOID -> throw new IllegalStateException(primitive + " has no box");
        };
    }

    /** The index of the first label from a given one on that fits; the number of labels if none does, -1 for null. */
    private static void typeSwitch(CodeBuilder code, List<ConstantDesc> labels) {
        Label present = code.newLabel();
        code.aload(0).ifnonnull(present).iconst_m1().ireturn();
        code.labelBinding(present);
        List<Label> tests = new ArrayList<>();
        labels.forEach(label -> tests.add(code.newLabel()));
        Label none = code.newLabel();
        List<SwitchCase> cases = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            cases.add(SwitchCase.of(i, tests.get(i)));
        }
        code.iload(1).tableswitch(none, cases);
        for (int i = 0; i < labels.size(); i++) {
            Label next = i + 1 < labels.size() ? tests.get(i + 1) : none;
            code.labelBinding(tests.get(i)).aload(0).instanceOf((ClassDesc) labels.get(i));
            code.ifeq(next).loadConstant(i).ireturn();
        }
        code.labelBinding(none).loadConstant(labels.size()).ireturn();
    }
}
