// On a narrow screen the tabs scroll sideways: bring the present one into sight.

document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
