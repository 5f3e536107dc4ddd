package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.model.Site;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** inspect through the real command line and the real rooms. */
class InspectCommandTest {
    private static final String GOLDENS = "src/test/resources/goldens/";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Counts of torch: sum(p.numel() for p in model.parameters()). */
    @ParameterizedTest
    @CsvSource({
        "gpt2, GPT-2, 28192",
        "gpt2-relu-untied, GPT-2, 23904",
        "gpt-neo, GPT-Neo, 44896",
        "gpt-neox, GPT-NeoX, 82032",
        "gpt-neox-sequential, GPT-NeoX, 53648"
    })
    void factsForScriptsAreThoseOfTheModel(String golden, String family, String count) throws IOException {
        JsonNode facts = json(GOLDENS + golden);
        assertThat(facts.get("family").textValue()).isEqualTo(family);
        long parameters = 0;
        for (JsonNode part : facts.get("parameters")) {
            parameters += part.longValue();
        }
        assertThat(parameters).isEqualTo(Long.parseLong(count));
        assertThat(facts.at("/stored/bytes").longValue())
                .isEqualTo(Files.size(Path.of(GOLDENS, golden, "model.safetensors")));
        try (ModelDirectory model = ModelDirectory.open(Path.of(GOLDENS, golden))) {
            List<Site> sites = Site.all(model.config());
            assertThat(facts.get("sites")).hasSize(sites.size());
            for (int i = 0; i < sites.size(); i++) {
                JsonNode line = facts.get("sites").get(i);
                assertThat(line.get("name").textValue()).isEqualTo(sites.get(i).name());
                assertThat(line.get("module").textValue())
                        .isEqualTo(model.module(sites.get(i)).orElse(null));
                if (line.get("module").isTextual()) { // what is shown is what the other commands take
                    assertThat(model.site(line.get("module").textValue())).isEqualTo(sites.get(i));
                }
            }
            for (Residency residency : Residency.values()) {
                String key = residency == Residency.ALL ? "resident" : "stream";
                assertThat(facts.at("/weights_bytes/" + key).longValue()).isEqualTo(residency.bytes(model.config()));
            }
        }
    }

    @Test
    void equalBlocksAreShownOnce() {
        assertThat(type("inspect", GOLDENS + "gpt2")).isZero();
        assertThat(lines())
                .first()
                .isEqualTo(GOLDENS + "gpt2 · GPT-2 · 2 layers, 4 heads, d_model 32, d_mlp 128 · 28,192 parameters");
        assertThat(squeezed())
                .contains("│ ├─ blocks.0..1 25,408 12,704 each")
                .contains("│ └─ tensors 28 tensors · F32 [+16]")
                .contains("├─ blocks.0..1")
                .contains("│ ├─ hook_resid_pre [batch, pos, d_model=32] drop (only in 0)")
                .contains("│ │ ├─ hook_qkv [batch, pos, 3·head·d_head=96] h.0..1.attn.c_attn")
                .contains("│ └─ hook_resid_post [batch, pos, d_model=32] h.0..1")
                .contains("└─ logits [batch, pos, d_vocab=61] lm_head");
        assertThat(lines()).allMatch(line -> line.length() <= 120);
    }

    @Test
    void levelsAreUnfoldedAsFarAsAskedFor() {
        assertThat(type("inspect", GOLDENS + "gpt-neo", "--depth", "1")).isZero();
        assertThat(lines()).hasSize(6);
        assertThat(squeezed()).contains("└─ sites shape name of GPT-Neo's module [+21]");
        assertThat(type("inspect", GOLDENS + "gpt-neo", "--depth", "2")).isZero();
        assertThat(squeezed())
                .contains("attend to all positions in blocks 0,2, the last 5 positions in blocks 1,3")
                .contains("├─ blocks.0..3 [+17]");
        assertThat(type("inspect", GOLDENS + "gpt-neo", "--all")).isZero();
        assertThat(squeezed())
                .contains("│ ├─ hook_resid_pre [batch, pos, d_model=32] drop")
                .contains("│ └─ hook_resid_post [batch, pos, d_model=32] h.3")
                .contains("├─ h.3")
                .contains("├─ attn.attention")
                .doesNotContain("[+")
                .doesNotContain("0..3.attn");
    }

    @Test
    void rotaryAndParallelModelsSaySo() {
        assertThat(type("inspect", GOLDENS + "gpt-neox")).isZero();
        assertThat(squeezed()).contains("positions rotary").contains("parallel").doesNotContain("hook_resid_mid");
        assertThat(type("inspect", GOLDENS + "gpt-neox-sequential")).isZero();
        assertThat(squeezed()).contains("hook_resid_mid").doesNotContain("parallel");
    }

    @Test
    void aTorchFileAndASafetensorsFileOfOneModelShowTheSameTensors() throws IOException {
        JsonNode safetensors = json(GOLDENS + "gpt2/model.safetensors").get("tensors");
        JsonNode torch =
                json("src/test/resources/pickles/gpt2/pytorch_model.bin").get("tensors");
        assertThat(torch).hasSize(29).containsAll(safetensors); // and lm_head.weight, which is tied
        assertThat(type("inspect", "src/test/resources/pickles/gpt2/pytorch_model.bin"))
                .isZero();
        assertThat(squeezed())
                .contains("pytorch_model.bin · 29 tensors · F32 · 0.12 MiB on disk")
                .contains("c_attn")
                .contains("weight F32 [32, 96]");
        JsonNode shards = json("src/test/resources/pickles/shards/pytorch_model.bin.index.json");
        assertThat(shards.get("files")).hasSize(2);
        JsonNode model = json("src/test/resources/pickles/gpt2");
        assertThat(model.at("/stored/files/0").textValue()).isEqualTo("pytorch_model.bin");
        assertThat(model.get("parameters")).isEqualTo(json(GOLDENS + "gpt2").get("parameters"));
    }

    @Test
    void thePageIsWellFormedAndHasEveryLine() throws IOException {
        Path page = folder.resolve("gpt2.html");
        assertThat(type("inspect", GOLDENS + "gpt2", "--html", page.toString())).isZero();
        assertThat(lines()).last().isEqualTo(page.toString());
        String html = Files.readString(page);
        assertThat(html)
                .contains("<details open=\"open\">")
                .contains("<details>") // the tensors
                .contains("h.0..1.mlp.c_fc")
                .doesNotContain("<script")
                .doesNotContain("http:")
                .doesNotContain("https:");
        assertThat(html.split("<details", -1)).hasSameSizeAs(html.split("</details>", -1));
    }

    private JsonNode json(String path) throws IOException {
        assertThat(type("inspect", path, "--json")).isZero();
        assertThat(lines()).hasSize(1);
        return new ObjectMapper().readTree(lines().get(0));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String squeezed() {
        return out.toString(StandardCharsets.UTF_8).replaceAll(" +", " ");
    }

    private int type(String... words) {
        out.reset();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(stream, stream, false, false, 100);
        return Reprise.run(new Rooms(List.of(words), folder), terminal, words);
    }
}
