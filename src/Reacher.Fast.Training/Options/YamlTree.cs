using Reacher.Fast.Core;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Reacher.Fast.Training.Options;

/// <summary>A node of a YAML document and the line it begins on.</summary>
internal abstract record YamlTree(int Line)
{
    private const int DeepestNesting = 16;
    private const int MostNodes = 10_000;

    /// <summary>Reads one document. An empty one is an empty mapping.</summary>
    /// <param name="text">The text of the document.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InputException">It is not YAML, not a mapping, has a key twice, or uses what a configuration needs not.</exception>
    public static YamlMapping Parse(string text, string name)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
            {
                return new YamlMapping(1, []);
            }

            parser.Consume<DocumentStart>();
            int nodes = 0;
            YamlTree root = ParseNode(parser, name, 0, ref nodes);
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _))
            {
                throw new InputException($"{name}:{LineOf(parser.Current!)}: a second document begins here; keep one.");
            }

            return root switch
            {
                YamlMapping mapping => mapping,
                YamlScalar { Text: null } empty => new YamlMapping(empty.Line, []),
                _ => throw new InputException($"{name}:{root.Line}: the file is not a mapping; it must have keys such as 'behaviors:'."),
            };
        }
        catch (YamlException error)
        {
            string reason = error.Message.TrimEnd('.').ReplaceLineEndings(" ");
            throw new InputException($"{name}:{error.Start.Line}: this is not YAML: {reason}.", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // What YamlDotNet throws at some files that it cannot read, without a line.
            throw new InputException($"{name}: this is not YAML: {error.Message.TrimEnd('.').ReplaceLineEndings(" ")}.", error);
        }
    }

    private static YamlTree ParseNode(Parser parser, string name, int depth, ref int nodes)
    {
        ParsingEvent at = parser.Current ?? throw new InputException($"{name}: the file ends too early.");
        if (depth > DeepestNesting || ++nodes > MostNodes)
        {
            throw new InputException($"{name}:{LineOf(at)}: this is nested too deeply or too long for a configuration.");
        }

        if (parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            // Only a plain scalar can be null: "null" in quotes is a text.
            bool isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL" or "None";
            return new YamlScalar(LineOf(scalar), isNull ? null : scalar.Value);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<YamlTree>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ParseNode(parser, name, depth + 1, ref nodes));
            }

            return new YamlSequence(LineOf(at), items);
        }

        if (!parser.TryConsume<MappingStart>(out _))
        {
            throw new InputException($"{name}:{LineOf(at)}: anchors and aliases are not supported; write the value out.");
        }

        var entries = new List<YamlEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent start = parser.Current!;
            if (!parser.TryConsume<Scalar>(out Scalar? key))
            {
                throw new InputException($"{name}:{LineOf(start)}: a key must be a text.");
            }

            if (!lines.TryAdd(key.Value, LineOf(key)))
            {
                throw new InputException(
                    $"{name}:{LineOf(key)}: the key '{key.Value}' is here a second time (first on line {lines[key.Value]}); remove one.");
            }

            entries.Add(new YamlEntry(key.Value, LineOf(key), ParseNode(parser, name, depth + 1, ref nodes)));
        }

        return new YamlMapping(LineOf(at), entries);
    }

    private static int LineOf(ParsingEvent at) => checked((int)at.Start.Line);
}

/// <summary>A single value; null stands for YAML's null.</summary>
internal sealed record YamlScalar(int Line, string? Text) : YamlTree(Line);

/// <summary>A list of nodes, in their order.</summary>
internal sealed record YamlSequence(int Line, IReadOnlyList<YamlTree> Items) : YamlTree(Line);

/// <summary>A mapping of keys to nodes.</summary>
internal sealed record YamlMapping(int Line, IReadOnlyList<YamlEntry> Entries) : YamlTree(Line)
{
    /// <summary>The value of <paramref name="key"/>; null if it is not there.</summary>
    public YamlTree? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

/// <summary>One key of a mapping, the line it is on, and its value.</summary>
internal sealed record YamlEntry(string Key, int Line, YamlTree Value);
