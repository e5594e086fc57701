using System.Runtime.InteropServices;

namespace StreamCommerce.Models.MLNet;

/// <summary>
/// Lets the threads of the native library sleep where they have nothing to do. By default they
/// spin, which takes the cores from everything else in the process. It must be said before the
/// library is loaded, in the environment that native code sees, which is not the one that .NET
/// keeps.
/// </summary>
internal static class NativeThreads
{
    private const string Variable = "OMP_WAIT_POLICY";
    private const string Passive = "passive";

    public static void LetSleep()
    {
        if (OperatingSystem.IsWindows()) Environment.SetEnvironmentVariable(Variable, Passive);
        else _ = SetVariable(Variable, Passive, overwrite: 0);
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
