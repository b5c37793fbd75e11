using Reacher.Fast;
using Reacher.Fast.Core.Environments;

// The program is the command line: `dotnet run -c Release -- train` trains the first environment of the catalog.
return await ReacherFast.RunAsync(args, new EnvironmentCatalog
{
    ["swing-up"] = agents => VectorEnvironment.Of(() => new SwingUp(), agents),
});
