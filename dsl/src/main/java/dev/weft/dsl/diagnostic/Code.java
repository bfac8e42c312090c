package dev.weft.dsl.diagnostic;

import java.util.Optional;

/**
 * The kinds of diagnostics. Ids are stable: W01 is about text, W02 names, W03 calls, W04 types, W05 sizes, W06 storage, W07 control; W08 is
 * what {@code weft check --lint} warns of. {@link Catalog} explains each.
 */
public enum Code {
    SYNTAX("W0101", "the text does not follow the grammar"),

    UNKNOWN_IMPORT("W0201", "an import names nothing that can be found"),
    IMPORT_CYCLE("W0202", "an import leads back to itself"),
    UNKNOWN_NAME("W0203", "a name is not declared"),
    UNKNOWN_MEMBER("W0204", "there is no member of that name"),
    DUPLICATE_NAME("W0205", "a name is declared twice"),
    RECURSION("W0206", "something contains or calls itself"),

    ARGUMENT_COUNT("W0301", "a call has too many or too few arguments"),
    UNKNOWN_ARGUMENT("W0302", "an argument names no parameter"),
    NOT_CALLABLE("W0303", "something is called that is no function"),

    WRONG_KIND("W0401", "a value is of the wrong kind"),
    ELEMENT_MISMATCH("W0402", "element types differ"),
    RANK_MISMATCH("W0403", "a tensor has the wrong number of axes"),
    WRONG_RESULT("W0404", "a body does not give what its function declares"),
    NOT_CONSTANT("W0405", "a constant is needed where a run-time value stands"),
    TUPLE_COUNT("W0406", "a tuple has another number of elements"),
    GRADIENT("W0407", "a gradient cannot be taken"),

    SIZE_MISMATCH("W0501", "sizes differ"),
    UNPROVEN("W0502", "what must hold of sizes cannot be proved"),
    VIOLATED("W0503", "what must hold of constants or sizes does not"),
    REARRANGE("W0504", "the sides of a rearrangement do not belong together"),
    CACHE_SIZE("W0505", "a cache is used with another call size than its own"),

    NOT_STORAGE("W0601", "what is written is not stored"),
    READ_ONLY("W0602", "this storage is not written here"),
    INITIAL("W0603", "an initial value is missing or out of place"),

    LOOP_TOO_LONG("W0701", "a loop would be copied too often"),
    LOOP_TYPE("W0702", "a name changes its type from one turn of a loop to the next"),
    RUNTIME_CONDITION("W0703", "a condition is not known while compiling"),
    TOO_MANY_WAYS("W0704", "a body has too many ways through its conditions"),

    UNUSED("W0801", "something is declared and never read"),
    NO_GRADIENT("W0802", "no gradient reaches a parameter"),
    DROPPED("W0803", "a value is computed and dropped"),
    LOOKS_AHEAD("W0804", "a later token changes an earlier logit");

    private final String id;
    private final String title;

    Code(String id, String title) {
        this.id = id;
        this.title = title;
    }

    public String id() {
        return id;
    }

    /** What all diagnostics of this kind have in common. */
    public String title() {
        return title;
    }

    /** Whether it is a warning, given on request: the program is one all the same. */
    public boolean isLint() {
        return id.startsWith("W08");
    }

    public static Optional<Code> of(String id) {
        for (Code code : values()) {
            if (code.id.equalsIgnoreCase(id)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return id;
    }
}
