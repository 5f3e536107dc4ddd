package io.reprise.data;

import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Members in an order, each at a position. */
public sealed interface Series {
    String name();

    /** The positions it has. */
    IntRange positions();

    /** The member at {@code position}, as one token. */
    String text(int position);

    /** The member at {@code position} in written parts: digits, or the words of a composed number word. */
    List<String> parts(int position);

    /** Whole numbers from 0, each at the position that it names. */
    record Numerals() implements Series {
        @Override
        public String name() {
            return ComponentSpec.NUMERALS;
        }

        @Override
        public IntRange positions() {
            return new IntRange(0, Integer.MAX_VALUE);
        }

        @Override
        public String text(int position) {
            return Integer.toString(position);
        }

        @Override
        public List<String> parts(int position) {
            return text(position).chars().mapToObj(Character::toString).toList();
        }
    }

    /** How a member is written in parts. */
    enum Parts {
        /** It is one. */
        WHOLE,
        /** Its words, told apart by blanks and hyphens. */
        WORDS,
        CHARACTERS
    }

    /**
     * Members from a file.
     *
     * @param first position of the first member: 0 for zero, 1 for January
     * @param partition what its parts are
     * @param source where the members come from
     * @param licence of the file
     */
    record Listed(String name, int first, Parts partition, List<String> members, String source, String licence)
            implements Series {
        public Listed {
            members = List.copyOf(members);
            if (members.size() < 2) {
                throw new IllegalArgumentException(
                        "members of series " + name + " are " + members.size() + "; a series needs at least 2");
            }
            if (first < 0) {
                throw new IllegalArgumentException("first = " + first + " of series " + name + ", expected 0 or more");
            }
            Set<String> known = new HashSet<>();
            for (String member : members) {
                if (member.isBlank() || !member.equals(member.strip())) {
                    throw new IllegalArgumentException("members of series " + name + " hold \"" + member
                            + "\"; blanks around a member are not allowed");
                }
                if (!known.add(member)) {
                    throw new IllegalArgumentException(
                            "members of series " + name + " hold \"" + member + "\" twice; members must be distinct");
                }
            }
            Set<String> clash = Vocabulary.reservedAmong(members);
            if (!clash.isEmpty()) {
                throw new IllegalArgumentException("members of series " + name + " hold " + clash
                        + ", which are special tokens; call them something else");
            }
        }

        @Override
        public IntRange positions() {
            return new IntRange(first, first + members.size() - 1);
        }

        @Override
        public String text(int position) {
            return members.get(position - first);
        }

        @Override
        public List<String> parts(int position) {
            String text = text(position);
            return switch (partition) {
                case WHOLE -> List.of(text);
                case WORDS -> List.of(text.split("[ -]+"));
                case CHARACTERS ->
                    new ArrayList<>(
                            text.codePoints().mapToObj(Character::toString).toList());
            };
        }
    }
}
