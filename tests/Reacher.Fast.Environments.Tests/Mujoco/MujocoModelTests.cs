using System.Globalization;
using System.Text;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.Mujoco;
using Reacher.Fast.Environments.Mujoco.Native;
using Reacher.Fast.Environments.Mujoco.Tasks;

namespace Reacher.Fast.Environments.Tests.Mujoco;

public sealed class MujocoModelTests
{
    private const string Gymnasium = "shared/mujoco";

    [Test]
    public void TheLayoutIsTheHeaders()
    {
        using var folder = new TemporaryFolder();
        string[] lines = Encoding.UTF8.GetString(MujocoPeer.Run(folder, "offsets", [])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, int> offsets = lines.Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => int.Parse(words[1], CultureInfo.InvariantCulture));
        MujocoLayout layout = MujocoLayout.Find(offsets["Version"])!;
        Assert.That(layout, Is.Not.Null, "the header's version has no table");
        Dictionary<string, int> table = typeof(MujocoLayout).GetProperties().Where(property => property.PropertyType == typeof(int))
            .ToDictionary(property => property.Name, property => (int)property.GetValue(layout)!);
        Assert.That(table, Is.EquivalentTo(offsets));
    }

    [Test]
    public void AnotherVersionIsRefusedInASentence()
    {
        Assert.Multiple(() =>
        {
            Assert.That(MujocoLibrary.Refusal(222), Is.Null);
            Assert.That(MujocoLibrary.Refusal(310), Is.EqualTo(
                "MuJoCo's library is of version 3.1.0, and its structures are known for 2.2.2 alone; name a library of that version in " +
                "REACHER_FAST_MUJOCO"));
        });
    }

    [Test]
    public void AnUnknownTaskIsRefusedWithTheNamesOfAll() =>
        Assert.That(
            () => new MujocoEnvironment("HalfCheetah-v9"), Throws.TypeOf<InputException>().With.Message.Contains("HalfCheetah-v4, Hopper-v4"));

    [TestCaseSource(typeof(MujocoPeer), nameof(MujocoPeer.Models))]
    public void TheCompiledFieldsAreThoseOfTheTable(string model)
    {
        using var folder = new TemporaryFolder();
        Assert.That(Fields(folder, MujocoPeer.WriteModel(folder, model)), Is.EqualTo(MujocoPeer.FieldsOf(model)));
    }

    [TestCaseSource(typeof(MujocoPeer), nameof(MujocoPeer.Models))]
    public void TheCompiledFieldsAreGymnasiums(string model)
    {
        using var folder = new TemporaryFolder();
        Assert.That(MujocoPeer.FieldsOf(model), Is.EqualTo(Fields(folder, FindGymnasium(model))));
    }

    [Test]
    public void BodiesHaveTheNumbersThatTheTasksKnowThemBy()
    {
        MujocoPeer.RequireLibrary();
        using var reacher = MujocoModel.LoadEmbedded("reacher");
        using var pusher = MujocoModel.LoadEmbedded("pusher");
        Assert.Multiple(() =>
        {
            Assert.That(reacher.BodyOf("fingertip"), Is.EqualTo(PlanarReacher.Fingertip));
            Assert.That(reacher.BodyOf("target"), Is.EqualTo(PlanarReacher.Target));
            Assert.That(pusher.BodyOf("tips_arm"), Is.EqualTo(Pusher.Hand));
            Assert.That(pusher.BodyOf("object"), Is.EqualTo(Pusher.Puck));
            Assert.That(pusher.BodyOf("goal"), Is.EqualTo(Pusher.Place));
        });
    }

    [Test]
    public void AModelThatDoesNotCompileIsAnException()
    {
        MujocoLayout layout = MujocoPeer.RequireLibrary();
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "bad.xml");
        File.WriteAllText(file, "<mujoco><worldbody><geom size=\"-1\"/></worldbody></mujoco>");
        Assert.That(() => MujocoModel.LoadFile(layout, file), Throws.TypeOf<MujocoException>().With.Message.Contains("does not compile"));
    }

    private static string Fields(TemporaryFolder folder, string file) => Encoding.UTF8.GetString(MujocoPeer.Run(folder, "fields", [file]));

    private static string FindGymnasium(string model)
    {
        for (DirectoryInfo? at = new(Repository.Root); at is not null; at = at.Parent)
        {
            string file = Path.Combine(at.FullName, Gymnasium, model + ".xml");
            if (File.Exists(file))
            {
                return file;
            }
        }

        Assert.Ignore($"Gymnasium's {model}.xml is not on this machine ({Gymnasium}).");
        return "";
    }
}
