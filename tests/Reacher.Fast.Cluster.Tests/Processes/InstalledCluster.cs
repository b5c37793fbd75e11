using System.Text.Json;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>
/// The program of this test's folder finds the optional assembly as that of a release does: in a folder of its name beside itself, with all
/// that it brings and nothing that is the program's.
/// </summary>
[SetUpFixture]
public sealed class InstalledCluster
{
    private const string Name = "Reacher.Fast.Cluster";

    [OneTimeSetUp]
    public void Install()
    {
        string program = AppContext.BaseDirectory, folder = Path.Combine(program, Name);
        Directory.CreateDirectory(folder);
        foreach (string file in Needed(Path.Combine(program, $"{Name}.Tests.deps.json")).Where(file => File.Exists(Path.Combine(program, file))))
        {
            File.Copy(Path.Combine(program, file), Path.Combine(folder, file), overwrite: true);
        }
    }

    // The files of the assembly and of the packages that it stands on.
    private static List<string> Needed(string dependencies)
    {
        using JsonDocument read = JsonDocument.Parse(File.ReadAllText(dependencies));
        Dictionary<string, JsonElement> libraries = read.RootElement.GetProperty("targets").EnumerateObject().Single().Value.EnumerateObject()
            .ToDictionary(library => library.Name.Split('/')[0], library => library.Value);
        var next = new Queue<string>([Name]);
        var found = new HashSet<string>();
        var files = new List<string>();
        while (next.TryDequeue(out string? name))
        {
            bool isOurs = name == Name || !name.StartsWith("Reacher.Fast", StringComparison.Ordinal);
            if (isOurs && found.Add(name) && libraries.TryGetValue(name, out JsonElement library))
            {
                files.AddRange(Names(library, "runtime").Select(file => Path.GetFileName(file)));
                Array.ForEach(Names(library, "dependencies"), next.Enqueue);
            }
        }

        return files;
    }

    private static string[] Names(JsonElement library, string list) =>
        library.TryGetProperty(list, out JsonElement names) ? [.. names.EnumerateObject().Select(entry => entry.Name)] : [];
}
