from views.entrance import enter_page
from views.progress import show

enter_page(show)
