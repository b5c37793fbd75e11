using System.Text;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Options;

/// <summary>Whatever a file holds, it is a tree or one sentence about the file.</summary>
public sealed class YamlTreeTests
{
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ":", ": ", "- ", "&a", "*a", "!!", "!", "!<", "|", ">", "|9", ">-", "\"", "'", "\\", "\\x", "\\U00110000", "\0", "\n",
        "\t", "  ", "99999999999999999999", "-1", "1e999", "null", "\u2028", "\ud800", "%", "%YAML 1.1", "%TAG ! a",
        "#", "---", "...", "? ", ",", "a",
    ];

    [Test]
    public void Any_text_is_a_tree_or_one_sentence()
    {
        var random = new Random(3);
        for (int i = 0; i < 30_000; i++)
        {
            var text = new StringBuilder();
            for (int token = random.Next(12); token >= 0; token--)
            {
                text.Append(Tokens[random.Next(Tokens.Length)]);
            }

            try
            {
                YamlTree.Parse(text.ToString(), "file");
            }
            catch (InputException refusal)
            {
                Assert.That(refusal.Message, Does.StartWith("file").And.EndsWith("."));
            }
        }
    }
}
