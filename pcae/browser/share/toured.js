/** Remember, in this browser, that the tour was offered: it is offered once. */

document.cookie = "pcae_tour=seen;path=/;max-age=31536000;samesite=lax";
