package io.reprise.data;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The steps (member before → member) that occur anywhere in a set of examples. */
public final class Steps {
    private final Set<Slice> steps;

    private Steps(Set<Slice> steps) {
        this.steps = steps;
    }

    public static Steps of(List<Example> examples) {
        Set<Slice> steps = new HashSet<>();
        for (Example example : examples) {
            for (int member = 1; member < example.members(); member++) {
                steps.add(slice(example, member));
            }
        }
        return new Steps(steps);
    }

    /** Whether the step into the member that {@code position} belongs to is one of these; true for a first member. */
    public boolean seen(Example example, int position) {
        int member = example.memberOf(position);
        return member == 0 || steps.contains(slice(example, member));
    }

    public int size() {
        return steps.size();
    }

    // Members of several tokens end with the separator, so the two members' tokens tell where one ends.
    private static Slice slice(Example example, int member) {
        return Slice.of(example.raw(), example.memberStart(member - 1), example.memberEnd(member));
    }
}
