package io.reprise.data;

import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How a question is written as text: {@code prefix}, the given members written as {@code item} with {@code separator} between, then
 * {@code ending}. Where the next member is asked for, the separator and the item as far as the member follow instead. Spaces before
 * the answer belong to the answer, as tokenizers of GPT-2's kind have it.
 *
 * @param name as it is shown
 * @param form what it can ask
 * @param item has {@code {x}}, the member, and may have {@code {n}}, its number from 1
 */
public record PromptTemplate(
        String name, Question.Form form, String prefix, String item, String separator, String ending) {
    private static final String MEMBER = "{x}";
    private static final Pattern PLACE = Pattern.compile("\\{x([0-9]+)\\}");

    public PromptTemplate {
        if (item.indexOf(MEMBER) < 0 || item.indexOf(MEMBER) != item.lastIndexOf(MEMBER)) {
            throw new IllegalArgumentException("item = \"" + item + "\", expected {x} in it, once");
        }
        if (separator.isEmpty()) {
            throw new IllegalArgumentException("separator is empty; members would run together");
        }
        if (form == Question.Form.CONTINUE && !ending.isEmpty()) {
            throw new IllegalArgumentException(
                    "ending = \"" + ending + "\" has no meaning where the next member follows; leave it out");
        }
    }

    /**
     * A question as text.
     *
     * @param prompt without spaces at its end
     * @param answer what has to follow, with the spaces that open it
     * @param copy the last given member in the answer's place, for the baseline that repeats it
     */
    public record Rendered(String prompt, String answer, String copy) {}

    /**
     * Reads a template written out: {@code "{x1}, {x2}"}. What stands before {@code {x1}} is the prefix, what stands between members
     * is the separator; {@code \n} is a line end.
     */
    public static PromptTemplate parse(String given) {
        String text = given.replace("\\n", "\n");
        Matcher places = PLACE.matcher(text);
        String prefix = "";
        String separator = "";
        int end = 0;
        int count = 0;
        while (places.find()) {
            String before = text.substring(end, places.start());
            count++;
            boolean inOrder = places.group(1).equals(Integer.toString(count));
            if (!inOrder || (count > 2 && !before.equals(separator))) {
                throw malformed(given);
            }
            if (count == 1) {
                prefix = before;
            } else {
                separator = before;
            }
            end = places.end();
        }
        if (count < 2 || end < text.length()) {
            throw malformed(given);
        }
        return new PromptTemplate(given, Question.Form.CONTINUE, prefix, MEMBER, separator, "");
    }

    private static IllegalArgumentException malformed(String given) {
        return new IllegalArgumentException(
                "template \"" + given
                        + "\": expected members in order with the same text between them and none after the last, as in \"{x1}, {x2}\"");
    }

    Rendered render(Question question) {
        if (question.form() != form) {
            throw new IllegalArgumentException("template " + name + " cannot ask " + question.form());
        }
        List<Question.Member> given = question.given();
        String lead = prefix + joined(given);
        lead += form == Question.Form.CONTINUE ? separator + head(given.size() + 1) : ending;
        int end = lead.length();
        while (end > 0 && lead.charAt(end - 1) == ' ') { // only spaces move: a line end stays with the prompt
            end--;
        }
        String spaces = lead.substring(end);
        String last = given.get(given.size() - 1).text();
        return new Rendered(lead.substring(0, end), spaces + answer(question), spaces + last);
    }

    /** What it looks like with three members, line ends written {@code \n}. */
    public String example() {
        List<Question.Member> members = Stream.of("3", "1", "2")
                .limit(form == Question.Form.SUM ? 2 : 3)
                .map(text -> new Question.Member(text, List.of(text)))
                .toList();
        Rendered text = render(new Question(form, members, members, false, false));
        return (text.prompt() + " …").replace("\n", "\\n");
    }

    private String answer(Question question) {
        return form == Question.Form.SORT
                ? joined(question.answer())
                : question.answer().get(0).text();
    }

    private String joined(List<Question.Member> members) {
        StringJoiner joined = new StringJoiner(separator);
        for (int i = 0; i < members.size(); i++) {
            joined.add(numbered(item, i + 1).replace(MEMBER, members.get(i).text()));
        }
        return joined.toString();
    }

    /** The item as far as its member. */
    private String head(int number) {
        return numbered(item.substring(0, item.indexOf(MEMBER)), number);
    }

    private static String numbered(String text, int number) {
        return text.replace("{n}", Integer.toString(number));
    }
}
