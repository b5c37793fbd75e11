using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes what the licences of packages ask to travel with their code: for each package its name, version, address and copyright, and the
/// licences and notices that lie in its folder. Where it brings no licence's text, that of the licence it names is taken from
/// <see cref="LicenceFolder"/>; a package whose licence cannot be told ends the build.
/// </summary>
public sealed class WriteThirdPartyNotices : Task
{
    private readonly Dictionary<string, string> printed = new Dictionary<string, string>();

    /// <summary>The folders of the packages, each with a .nuspec.</summary>
    [Required]
    public ITaskItem[] Packages { get; set; }

    /// <summary>Texts of licences, each called by its SPDX identifier.</summary>
    [Required]
    public string LicenceFolder { get; set; }

    /// <summary>What is written.</summary>
    [Required]
    public string File { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var text = new StringBuilder("THIRD-PARTY NOTICES\n\n");
        text.Append(Packages.Length == 0
            ? "Nothing here is the work of others.\n"
            : "The software below is the work of others. It ships with this program, or this library refers to it.\n");
        foreach (string folder in Packages.Select(package => package.ItemSpec).OrderBy(Path.GetFullPath, StringComparer.OrdinalIgnoreCase))
        {
            Append(text, folder);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(File));
        System.IO.File.WriteAllText(File, text.ToString());
        return !Log.HasLoggedErrors;
    }

    private void Append(StringBuilder text, string folder)
    {
        XElement metadata = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single()).Root.Elements().First(IsNamed("metadata"));
        string name = $"{Value("id")} {Value("version")}";
        text.Append($"\n{new string('=', 80)}\n{name}\n");
        XElement licence = metadata.Elements().FirstOrDefault(IsNamed("license"));
        string expression = (string)licence?.Attribute("type") == "expression" ? licence.Value.Trim() : null;
        foreach (string line in new[] { Value("projectUrl"), Value("copyright") ?? Value("authors"), expression }.Where(line => line != null))
        {
            text.Append(line).Append('\n');
        }

        string[] files = Directory.GetFiles(folder).OrderBy(path => path, StringComparer.OrdinalIgnoreCase).ToArray();
        string[] licences = files.Where(path => Names(path, "licen")).ToArray();
        if (licences.Length == 0)
        {
            string known = Path.Combine(LicenceFolder, $"{expression}.txt");
            if (expression == null || !System.IO.File.Exists(known))
            {
                Log.LogError($"The licence of {name} is not known ('{expression}', and no file in the package): put its text into {known}.");
                return;
            }

            licences = new[] { known };
        }

        foreach (string path in licences.Concat(files.Where(path => Names(path, "notice"))))
        {
            AppendFile(text, path, name);
        }

        string Value(string element) => metadata.Elements().FirstOrDefault(IsNamed(element))?.Value.Trim();
    }

    // Packages of one house bring the same text: it is printed once.
    private void AppendFile(StringBuilder text, string path, string package)
    {
        string content = System.IO.File.ReadAllText(path).Replace("\r\n", "\n").Trim('\n', '\uFEFF');
        text.Append($"\n{new string('-', 80)}\n");
        if (printed.TryGetValue(content, out string first))
        {
            text.Append($"{Path.GetFileName(path)}: the same as that of {first}, above\n");
            return;
        }

        printed[content] = package;
        text.Append($"{Path.GetFileName(path)}\n\n{content}\n");
    }

    private static bool Names(string path, string word) => Path.GetFileName(path).IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;

    private static Func<XElement, bool> IsNamed(string name) => element => element.Name.LocalName == name;
}
